/** An item of `supply_chain.dependabot` in plumbline.yaml. */
import { z } from 'zod';
import { githubAccessShape, oneIdentity, oneIdentityMessage } from '../../../vendors/github/config.ts';

const text = z.string().trim().min(1);

const secretSchema = z
  .strictObject({
    secret: text.optional().describe('The secret of the webhook; better in secret_file.'),
    secret_file: text.optional().describe('A file that holds it, relative to this file.'),
  })
  .refine(({ secret }) => secret !== undefined, { path: ['secret'], error: 'expected secret or secret_file' });

export const dependabotApiSchema = z
  .strictObject({
    name: text
      .default('dependabot-api')
      .describe('Names the source; what was read is kept by this name, so several need one each, and keep it.'),
    ...githubAccessShape,
    organizations: z.array(text).default([]).describe('Organisations whose repositories are read.'),
    enterprises: z.array(text).default([]).describe('Enterprises, by their slug, whose organisations are read.'),
    repositories: z
      .array(
        z
          .string()
          .trim()
          .regex(/^[^/\s]+\/[^/\s]+$/, 'expected owner/name'),
      )
      .default([])
      .describe('Single repositories.'),
    every: z.int().min(60).default(900).describe('Seconds between two looks at what has changed.'),
    full_every: z
      .number()
      .positive()
      .default(24)
      .describe('Hours between two readings of all alerts, which find those that are gone.'),
    stale: z
      .number()
      .positive()
      .default(72)
      .describe('Hours after which what was told is unknown unless it is told again.'),
    webhook_secrets: z
      .array(secretSchema)
      .default([])
      .describe(
        'Secrets of webhooks to POST /push/supply-chain/NAME-webhooks; several while one takes the place of another.',
      ),
  })
  .refine(config => namesOf(config).length === 0 || oneIdentity(config), {
    path: ['token'],
    error: oneIdentityMessage,
  })
  .refine(config => namesOf(config).length > 0 || config.webhook_secrets.length > 0, {
    path: ['organizations'],
    error: 'expected an organisation, an enterprise or a repository, or webhook_secrets',
  });

interface Asked {
  readonly organizations: readonly string[];
  readonly enterprises: readonly string[];
  readonly repositories: readonly string[];
}

const namesOf = ({ organizations, enterprises, repositories }: Asked) => [
  ...organizations,
  ...enterprises,
  ...repositories,
];

export type DependabotApiConfig = z.infer<typeof dependabotApiSchema>;
