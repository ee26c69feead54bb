/** An item of `dora.linearb` in plumbline.yaml. */
import { z } from 'zod';
import { every, sourceName } from '../../source-name.ts';

const text = z.string().trim().min(1);

export const linearbSchema = z
  .strictObject({
    name: sourceName('linearb'),
    every: every(6 * 3600),
    url: z
      .url({ protocol: /^https?$/, error: 'expected an address such as https://public-api.linearb.io' })
      .default('https://public-api.linearb.io')
      .describe('Where the public API is.'),
    api_key: text.optional().describe('An API token (Company Settings, API Tokens); better in api_key_file.'),
    api_key_file: text.optional().describe('A file that holds the API token.'),
    teams: z.boolean().default(true).describe('Whether to ask by team, beside the whole organisation.'),
    repositories: z
      .array(
        z.strictObject({
          id: z.int().describe('The id of the repository in LinearB.'),
          service: text.describe('The service that it is: a Component of the catalog, or a name of its own.'),
        }),
      )
      .default([])
      .describe('Repositories to ask for as well.'),
    history_weeks: z
      .int()
      .min(0)
      .max(104)
      .default(13)
      .describe('How many weeks of the past the first reading asks for.'),
    timeout: z.number().positive().default(60).describe('Seconds that an answer may take.'),
  })
  .refine(({ api_key }) => api_key !== undefined, { path: ['api_key'], error: 'expected api_key or api_key_file' });

export type LinearBConfig = z.infer<typeof linearbSchema>;
