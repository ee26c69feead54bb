/** An item of `experience.surveymonkey` in plumbline.yaml. */
import { z } from 'zod';
import { every, sourceName } from '../../source-name.ts';

const text = z.string().trim().min(1);

export const surveyMonkeySchema = z
  .strictObject({
    name: sourceName('surveymonkey'),
    every: every(6 * 3600),
    survey: text.describe('The name of its definition in experience.surveys or experience.forms.'),
    id: z
      .string()
      .regex(/^\d+$/, 'expected the number that its address ends with, as text')
      .describe('The id of the survey, a number in quotes; GET /v3/surveys lists them.'),
    region: z.enum(['us', 'eu', 'ca']).default('us').describe('Where the account is held.'),
    url: z
      .url({ protocol: /^https?$/, error: 'expected an address such as https://api.surveymonkey.com' })
      .optional()
      .describe('Where the API is; by region unless given.'),
    token: text.optional().describe('The access token of an app; better in token_file.'),
    token_file: text
      .optional()
      .describe('A file that holds it. It needs the scopes View Surveys, View Responses and View Response Details.'),
    whole_days: z
      .int()
      .min(1)
      .default(7)
      .describe('All responses are read again after so many days, which alone shows that one was deleted.'),
    timeout: z.number().positive().default(60).describe('Seconds that an answer may take.'),
  })
  .refine(({ token }) => token !== undefined, { path: ['token'], error: 'expected token or token_file' });

export type SurveyMonkeyConfig = z.infer<typeof surveyMonkeySchema>;

const hosts = {
  us: 'https://api.surveymonkey.com',
  eu: 'https://api.eu.surveymonkey.com',
  ca: 'https://api.surveymonkey.ca',
} as const;

export const apiUrl = ({ region, url }: Pick<SurveyMonkeyConfig, 'region' | 'url'>): string => url ?? hosts[region];
