/** How an API in one's own network is authenticated to: not at all, by a bearer token, or by a user and a password. */
import { z } from 'zod';
import { authHeaders as sharedHeaders } from '../core/http-client.ts';

const text = z.string().trim().min(1);
const secretFile = text.describe('A file that holds the secret, relative to this file.');

/** Keys of a configuration; check them with `oneAuth`. */
export const authShape = {
  bearer_token: text.optional().describe('Sent as a bearer token; better from the environment or from a file.'),
  bearer_token_file: secretFile.optional(),
  username: text.optional().describe('The user of basic authentication.'),
  password: text
    .optional()
    .describe('The password of basic authentication; better from the environment or from a file.'),
  password_file: secretFile.optional(),
} as const;

export interface AuthConfig {
  readonly bearer_token?: string | undefined;
  readonly bearer_token_file?: string | undefined;
  readonly username?: string | undefined;
  readonly password?: string | undefined;
  readonly password_file?: string | undefined;
}

/** For `refine`: a token or a user, not both. */
export const oneAuth = (config: AuthConfig): boolean =>
  (config.bearer_token ?? config.bearer_token_file) === undefined || config.username === undefined;
export const oneAuthMessage = 'expected either a bearer token or a username';

/** The header `authorization`, where there is one to send. */
export const authHeaders = ({ bearer_token: token, username, password }: AuthConfig) =>
  sharedHeaders({ token, username, password });
