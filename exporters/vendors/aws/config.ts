/** How a bucket of S3, or of a store that speaks its API, is named in plumbline.yaml. */
import { z } from 'zod';

const text = z.string().trim().min(1);

export const bucketSchema = z
  .strictObject({
    name: text.describe('The bucket.'),
    prefix: z.string().trim().default('').describe('Only objects whose keys begin so.'),
    region: text.optional().describe('The region of the bucket; else that of the AWS configuration.'),
    endpoint: z
      .url({ protocol: /^https?$/, error: 'expected a URL that begins with http:// or https://' })
      .optional()
      .describe('Another store that speaks the API of S3; addressed by path.'),
    profile: text
      .optional()
      .describe('A profile of the AWS configuration files; else the default chain finds credentials.'),
    role_arn: text.optional().describe('A role to assume with these credentials.'),
    external_id: text.optional().describe('The external id that the role asks for.'),
    access_key_id: text.optional().describe('An access key; better none, and what the default chain finds.'),
    secret_access_key: text.optional().describe(`Better from the environment, as \${NAME}, or from a file.`),
    secret_access_key_file: text.optional().describe('A file that holds the secret, relative to this file.'),
    session_token: text.optional().describe('The token that belongs to temporary keys.'),
    session_token_file: text.optional().describe('A file that holds it, relative to this file.'),
  })
  .check(ctx => {
    const { access_key_id, secret_access_key, secret_access_key_file, profile, role_arn, external_id } = ctx.value;
    const issue = (key: string, message: string) =>
      ctx.issues.push({ code: 'custom', input: undefined, path: [key], message });
    const hasSecret = secret_access_key !== undefined || secret_access_key_file !== undefined;
    if (access_key_id !== undefined && !hasSecret)
      issue('secret_access_key', 'expected secret_access_key or secret_access_key_file beside access_key_id');
    if (access_key_id === undefined && hasSecret)
      issue('access_key_id', 'expected access_key_id beside the secret access key');
    if (access_key_id !== undefined && profile !== undefined)
      issue('profile', 'stands beside access_key_id; expected one of the two');
    if (external_id !== undefined && role_arn === undefined) issue('role_arn', 'expected role_arn beside external_id');
  });

export type BucketConfig = z.infer<typeof bucketSchema>;
