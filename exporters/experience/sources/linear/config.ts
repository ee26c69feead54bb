/** An item of `experience.linear` in plumbline.yaml. */
import { z } from 'zod';
import { trackerShape } from '../../roadmap/config.ts';
import { every, sourceName } from '../../source-name.ts';

const text = z.string().trim().min(1);

const isSafe = (url: string) => {
  const { protocol, hostname } = new URL(url);
  return protocol === 'https:' || ['localhost', '127.0.0.1', '[::1]'].includes(hostname);
};

export const linearSchema = z
  .strictObject({
    name: sourceName('linear'),
    every: every(600),
    api_url: z
      .url({ protocol: /^https?$/, error: 'expected an address such as https://api.linear.app/graphql' })
      .refine(isSafe, 'expected https, for a key goes along')
      .default('https://api.linear.app/graphql')
      .describe('Where the GraphQL API is.'),
    api_key: text.optional().describe('A personal API key that may read; better in api_key_file.'),
    api_key_file: text.optional().describe('A file that holds it.'),
    access_token: text.optional().describe('An OAuth access token; better in access_token_file.'),
    access_token_file: text.optional().describe('A file that holds it.'),
    app: z
      .strictObject({
        client_id: text,
        client_secret: text.optional().describe('Its secret; better in client_secret_file.'),
        client_secret_file: text.optional().describe('A file that holds it.'),
      })
      .optional()
      .describe('An OAuth application with client credentials enabled, which has no owner who leaves.'),
    teams: z.array(text).min(1).optional().describe('Keys of teams, such as PLAT; all that may be read unless given.'),
    filter: z
      .record(z.string(), z.unknown())
      .optional()
      .describe("A further IssueFilter of Linear's API, such as { labels: { name: { eq: roadmap } } }."),
    ...trackerShape,
    area_label_group: text.optional().describe('The label of this group names the area, before the project does.'),
    area_from: z
      .enum(['project', 'team', 'none'])
      .default('project')
      .describe('What names the area where no label does: the project, or the team of Linear.'),
    due_from_project: z
      .boolean()
      .default(false)
      .describe("An issue without a due date is due on its project's target date."),
    state_history: z
      .boolean()
      .default(true)
      .describe('Read when issues went from status to status; half of what a reading costs of the complexity limit.'),
    sweep_hours: z
      .number()
      .positive()
      .default(24)
      .describe(
        'Every so many hours all issues are listed, so that deleted ones, other cycles and projects are found.',
      ),
    timeout: z.number().positive().default(60).describe('Seconds that an answer may take.'),
    longest_wait: z
      .int()
      .min(1)
      .default(600)
      .describe('Seconds to wait at most where a rate limit is used up; beyond, the next refresh goes on from there.'),
  })
  .refine(
    ({ api_key, access_token, app }) =>
      [api_key, access_token, app?.client_secret].filter(one => one !== undefined).length === 1,
    { path: ['api_key'], error: 'expected one of api_key, access_token, and app with its client_secret' },
  );

export type LinearConfig = z.infer<typeof linearSchema>;
