/** A source of CloudHealth's cost history in plumbline.yaml. */
import { z } from 'zod';
import { sourceName, sourceShape } from '../../bills/config.ts';

const text = z.string().trim().min(1);

export const cloudhealthSchema = z
  .strictObject({
    name: sourceName('cloudhealth'),
    ...sourceShape,
    url: z
      .url({ protocol: /^https?$/, error: 'expected an address such as https://chapi.cloudhealthtech.com' })
      .default('https://chapi.cloudhealthtech.com')
      .describe('Where the API is.'),
    api_key: text.optional().describe('The API key of a CloudHealth user; better in api_key_file.'),
    api_key_file: text.optional().describe('A file that holds the API key.'),
    provider: text.default('AWS').describe('The provider whose money it is, as its bill writes it.'),
    billing_account: text.describe(
      'The billing account of the money, as its bill writes it, in quotes: CloudHealth does not say it. Where it knows several, let filters choose one.',
    ),
    filters: z
      .array(text)
      .default([])
      .refine(
        list => !list.some(filter => /^time:/i.test(filter)),
        'expected no filter on time: "time:select:-1" is another span with each interval, and the spans are chosen here',
      )
      .describe('Which part of the cost is read, as the API writes it: DIMENSION:select:MEMBER,MEMBER.'),
    perspective: text
      .optional()
      .describe(
        'A perspective, by name. Its groups become the tag cloudhealth:NAME, which ownership rules read as any tag.',
      ),
    perspective_dimension: text
      .optional()
      .describe("The perspective's dimension; Groupset- and the ID of its schema unless given."),
    account_dimension: text.default('AWS-Account').describe('The dimension that becomes the sub-account.'),
    service_dimension: text.default('AWS-Service-Category').describe('The dimension that becomes the service.'),
    measure: text.default('cost').describe('The measure that is the billed cost.'),
    effective_measure: text
      .optional()
      .describe('The measure that is the effective cost; the billed cost stands for both unless given.'),
    currency: text
      .toUpperCase()
      .default('USD')
      .describe("The currency of the cost; the API names none but by a sign in a measure's label."),
    every: z
      .int()
      .min(3600)
      .default(6 * 3600)
      .describe('Seconds between two refreshes; each takes two to four of the 30 requests a minute.'),
    timeout: z.int().min(1).default(120).describe('Seconds for an answer: reports are computed when asked for.'),
  })
  .refine(({ api_key }) => api_key !== undefined, { path: ['api_key'], error: 'expected api_key or api_key_file' })
  .refine(
    ({ perspective, perspective_dimension }) => perspective !== undefined || perspective_dimension === undefined,
    {
      path: ['perspective_dimension'],
      error: 'expected a perspective beside it, which names the tag',
    },
  );

export type CloudHealthConfig = z.infer<typeof cloudhealthSchema>;
