/** How a server that is asked is authenticated to. */
import { z } from 'zod';

const text = z.string().trim().min(1);

/** A bearer token, or a user and a password; none of them is sent unless given. */
export const authShape = {
  token: text.optional().describe('Sent as a bearer token; better in token_file.'),
  token_file: text.optional().describe('A file that holds the token, relative to this file.'),
  username: text.optional().describe('The user of basic authentication.'),
  password: text.optional().describe('The password of basic authentication; better in password_file.'),
  password_file: text.optional().describe('A file that holds the password, relative to this file.'),
} as const;
