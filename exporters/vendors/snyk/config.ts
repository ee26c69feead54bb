/** How any source connects to Snyk: keys of a configuration, to be spread into its own. */
import { z } from 'zod';

const text = z.string().trim().min(1);

export const snykShape = {
  url: z
    .url({ protocol: /^https?$/, error: 'expected an address such as https://api.eu.snyk.io' })
    .default('https://api.snyk.io')
    .describe('The API of the region: https://api.snyk.io, https://api.us.snyk.io, https://api.eu.snyk.io, ….'),
  version: z
    .string()
    .regex(/^\d{4}-\d{2}-\d{2}(?:~(?:beta|experimental))?$/, 'expected a date such as 2024-10-15')
    .default('2024-10-15')
    .describe("The REST API's version; later dates work as long as Snyk keeps the fields."),
  token: text.optional().describe('A token, best of a service account that may only read; better in token_file.'),
  token_file: text.optional().describe('A file that holds the token.'),
  timeout: z.int().min(1).default(60).describe('Seconds for an answer.'),
  longest_wait: z.int().min(1).default(600).describe('Seconds to wait at most where the rate limit is used up.'),
} as const;

export interface SnykAccess {
  readonly url: string;
  readonly version: string;
  readonly token?: string | undefined;
  readonly timeout: number;
  readonly longest_wait: number;
}

/** For `refine`. */
export const hasSnykToken = ({ token }: Pick<SnykAccess, 'token'>): boolean => token !== undefined;
export const snykTokenMessage = 'expected token or token_file';
