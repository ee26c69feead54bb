/** An item of `dora.sleuth` in plumbline.yaml. */
import { z } from 'zod';
import { every, sourceName } from '../../source-name.ts';

const text = z.string().trim().min(1);

export const sleuthSchema = z
  .strictObject({
    name: sourceName('sleuth'),
    every: every(6 * 3600),
    url: z
      .url({ protocol: /^https?$/, error: 'expected an address such as https://app.sleuth.io/graphql' })
      .default('https://app.sleuth.io/graphql')
      .describe('Where the GraphQL API is.'),
    organization: text.describe('The slug of the organisation, as its address in Sleuth has it.'),
    api_key: text.optional().describe('The API key of the organisation; better in api_key_file.'),
    api_key_file: text.optional().describe('A file that holds the API key.'),
    projects: z.array(text).min(1).optional().describe('Slugs of the projects to ask for; all unless given.'),
    teams: z.array(text).optional().describe('Slugs of the teams to ask for; all unless given, none where empty.'),
    services: z
      .record(text, text)
      .default({})
      .describe('The service that a project is, by its slug; a service of that name unless given.'),
    history_weeks: z
      .int()
      .min(0)
      .max(104)
      .default(13)
      .describe('How many weeks of the past the first reading asks for.'),
    timeout: z.number().positive().default(60).describe('Seconds that an answer may take.'),
  })
  .refine(({ api_key }) => api_key !== undefined, { path: ['api_key'], error: 'expected api_key or api_key_file' });

export type SleuthConfig = z.infer<typeof sleuthSchema>;
