/** How any source reaches GitLab: GitLab.com, Dedicated or self-managed. */
import { z } from 'zod';

const text = z.string().trim().min(1);

/** Keys of a configuration. */
export const gitlabShape = {
  url: z
    .url({ protocol: /^https?$/, error: 'expected an address such as https://gitlab.example.com' })
    .default('https://gitlab.com')
    .describe('Where GitLab is, without /api/v4; a path before it is kept (relative URL installations).'),
  token: text
    .optional()
    .describe('A personal, group or project access token with the scope read_api; better in token_file.'),
  token_file: text.optional().describe('A file that holds the token.'),
  timeout: z.int().min(1).default(60).describe('Seconds for an answer.'),
} as const;

export interface GitLabConnection {
  readonly url: string;
  readonly token?: string | undefined;
  readonly timeout: number;
}
