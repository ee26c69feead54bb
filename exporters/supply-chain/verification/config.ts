/** The `verification:` section of `supply_chain:`: whose signatures count, and which builders are good for which level. */
import { z } from 'zod';

const text = z.string().trim().min(1);
const patterns = z.array(text).min(1);
const forWhat = patterns
  .optional()
  .describe('Names of images or repositories that it may sign, `*` is any text; all of them unless given.');

const identitySchema = z.strictObject({
  issuer: text.describe('The OIDC issuer of the certificate, such as https://token.actions.githubusercontent.com.'),
  subject: text.describe(
    'Who signs, exactly or with `*`: the workflow (https://github.com/acme/shop/.github/workflows/*), an e-mail address.',
  ),
  for: forWhat,
});

const keySchema = z
  .strictObject({
    file: text.optional().describe('A public key (PEM): cosign.pub.'),
    pem: text.optional().describe('The public key itself.'),
    for: forWhat,
  })
  .refine(({ file, pem }) => (file === undefined) !== (pem === undefined), {
    path: ['file'],
    error: 'expected either file or pem',
  });

const builderSchema = z.strictObject({
  id: text.describe("The provenance's builder id, exactly or with `*`."),
  level: z
    .literal([1, 2, 3])
    .describe('The SLSA build level that it is good for, once all that is asked of it here holds.'),
  identity: text
    .optional()
    .describe(
      'Who has to have signed, exactly or with `*`: a certificate identity or `key:` and the SHA-256 of a key; unless given, the certificate identity has to be the builder id itself.',
    ),
  source: text.optional().describe('The repository that it was built from, as a URL, exactly or with `*`.'),
  build_type: text.optional().describe('The build type, exactly or with `*`.'),
  parameters: z
    .record(z.string().min(1), text)
    .optional()
    .describe('External parameters by their path (`workflow.ref`), and what each has to be, exactly or with `*`.'),
});

export const verificationSchema = z
  .strictObject({
    trusted_root: text.optional().describe('A trusted root (JSON) of a Sigstore instance: its authorities and logs.'),
    public_good: z
      .boolean()
      .default(false)
      .describe('True to trust the public Sigstore instance, whose root is kept fresh by TUF.'),
    cache: text
      .optional()
      .describe('A folder that the root of the public instance is kept in; one of the user unless given.'),
    identities: z.array(identitySchema).default([]).describe('Whose certificates are trusted.'),
    keys: z.array(keySchema).default([]).describe('Public keys that are trusted.'),
    transparency_log: z
      .literal(['required', 'optional'])
      .default('required')
      .describe('`optional`: what is signed by a key, or timestamped by an authority, needs no entry in a log.'),
    builders: z
      .array(builderSchema)
      .default([])
      .describe('SLSA build levels by builder; the first that matches holds.'),
  })
  .refine(({ trusted_root, public_good }) => !(public_good && trusted_root !== undefined), {
    path: ['trusted_root'],
    error: 'expected either trusted_root or public_good',
  })
  .refine(({ identities, trusted_root, public_good }) => identities.length === 0 || public_good || trusted_root, {
    path: ['identities'],
    error: 'expected trusted_root or public_good beside identities: their certificates are trusted by that alone',
  })
  .refine(({ identities, keys }) => identities.length > 0 || keys.length > 0, {
    error: 'expected identities or keys: without them nobody is trusted',
  });

export type VerificationConfig = z.infer<typeof verificationSchema>;
export type BuilderConfig = VerificationConfig['builders'][number];
