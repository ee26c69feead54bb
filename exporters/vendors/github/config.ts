/** How GitHub is reached and by whom, for plumbline.yaml: github.com, GitHub Enterprise Cloud or Server. */
import { z } from 'zod';

const text = z.string().trim().min(1);

export const githubAppSchema = z.strictObject({
  id: z.union([z.int().positive(), text]).describe('The ID of the App, or its client ID.'),
  installation: z
    .int()
    .positive()
    .optional()
    .describe('The ID of its installation; needed where it is installed more than once.'),
  private_key: text.optional().describe('Its private key in PEM; better in private_key_file.'),
  private_key_file: text.optional().describe('A file that holds the private key, relative to this file.'),
});

/** Keys of a configuration; check them with `oneIdentity`. */
export const githubAccessShape = {
  url: z
    .url({ protocol: /^https?$/, error: 'expected an address such as https://api.github.com' })
    .default('https://api.github.com')
    .describe(
      'Where the REST API is: https://api.github.com, https://api.NAME.ghe.com, or https://HOST/api/v3 of a GitHub Enterprise Server.',
    ),
  token: text.optional().describe('A fine-grained or classic token; better in token_file.'),
  token_file: text.optional().describe('A file that holds the token, relative to this file.'),
  app: githubAppSchema
    .optional()
    .describe('A GitHub App instead of a token; it has higher limits, and no owner who leaves.'),
  timeout: z.int().min(1).default(60).describe('Seconds for an answer.'),
  longest_wait: z
    .int()
    .min(1)
    .default(600)
    .describe('Seconds to wait at most where a rate limit is used up; beyond, the next refresh goes on from there.'),
} as const;

export interface GitHubAccess {
  readonly url: string;
  readonly token?: string | undefined;
  readonly app?: z.infer<typeof githubAppSchema> | undefined;
  readonly timeout: number;
  readonly longest_wait: number;
}

/** For `refine`: a token or an App with its key, not both, not neither. */
export const oneIdentity = ({ token, app }: Pick<GitHubAccess, 'token' | 'app'>): boolean =>
  (token === undefined) !== (app?.private_key === undefined);
export const oneIdentityMessage = 'expected either token or token_file, or app with private_key or private_key_file';

/**
 * The address of the REST API without a slash at its end. Of a GitHub Enterprise Server the host is enough: only
 * api.github.com and api.NAME.ghe.com have their API at the root.
 */
export function apiUrl(url: string): string {
  const { origin, hostname, pathname } = new URL(url);
  const path = pathname.replace(/\/+$/, '');
  return `${origin}${path === '' && !hostname.startsWith('api.') ? '/api/v3' : path}`;
}
