/** An item of `experience.backstage` in plumbline.yaml. */
import { z } from 'zod';
import { every } from '../../source-name.ts';

const text = z.string().trim().min(1);

export const backstageSchema = z
  .strictObject({
    name: text
      .regex(/^[a-z0-9][a-z0-9-]*$/, 'expected lower case letters, digits and hyphens')
      .default('backstage')
      .describe(
        'Names the source, and the address that its analytics module posts to: /ingest/experience/NAME. Keep it.',
      ),
    url: z
      .url({ protocol: /^https?$/, error: "expected the backend's address, such as https://backstage.example.org" })
      .optional()
      .describe('Where the backend is, to read the tasks of its scaffolder; without it analytics alone are taken.'),
    token: text.optional().describe('A static external access token of the backend; better in token_file.'),
    token_file: text.optional().describe('A file that holds it.'),
    every: every(900),
    timeout: z.number().positive().default(60).describe('Seconds that an answer may take.'),
    basic_auth: text
      .optional()
      .describe(
        'What the analytics module sends as basicAuthToken, where it can not send a bearer token; better in basic_auth_file.',
      ),
    basic_auth_file: text.optional().describe('A file that holds it.'),
    silent_after: z
      .int()
      .min(600)
      .default(86_400)
      .describe('Seconds without a post after which the portal counts as silent.'),
    queue_mib: z
      .int()
      .min(8)
      .default(64)
      .describe('MiB of posts, as they come, that may wait on the disk; above, posts are answered with 429.'),
  })
  .refine(({ url, token }) => url === undefined || token !== undefined, {
    path: ['token'],
    error: 'expected token or token_file where there is a url',
  });

export type BackstageConfig = z.infer<typeof backstageSchema>;
