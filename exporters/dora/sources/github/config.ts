/** An item of `dora.github` in plumbline.yaml. */
import { z } from 'zod';
import { githubAccessShape, oneIdentity, oneIdentityMessage } from '../../../vendors/github/config.ts';
import { every, sourceName } from '../../source-name.ts';

const text = z.string().trim().min(1);
const patterns = (what: string) => z.array(text).describe(`${what}; * is any text.`);

const only = { repositories: patterns('Only in these repositories').default(['*']) };
const environment = text.default('production').describe('The environment that it deploys to.');

export const deploymentsFromSchema = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('deployments').describe("GitHub's own deployments, with all their statuses."),
    ...only,
  }),
  z.strictObject({
    kind: z.literal('workflow_runs').describe('Runs of a workflow are deployments; each attempt is one.'),
    ...only,
    workflow: text.describe('The name of the workflow, or of its file, such as Deploy* or deploy.yml; * is any text.'),
    environment,
    branches: patterns('Only runs of these branches').default(['*']),
    events: patterns('Only runs that such an event has begun, such as push').default(['*']),
  }),
  z.strictObject({
    kind: z.literal('releases').describe('A release is a deployment when it is published.'),
    ...only,
    environment,
    tags: patterns('Only releases of these tags').default(['*']),
    prereleases: z.boolean().default(false).describe('Whether prereleases count.'),
  }),
  z.strictObject({
    kind: z.literal('merged_pull_requests').describe('A merge is a deployment, for who deploys each merge at once.'),
    ...only,
    environment,
    base: patterns('Only merges into these branches').default(['main', 'master']),
  }),
]);

const webhookSecretSchema = z
  .strictObject({
    secret: text.optional().describe('The secret of the webhook; better in secret_file.'),
    secret_file: text.optional().describe('A file that holds it, relative to this file.'),
  })
  .refine(({ secret }) => secret !== undefined, { path: ['secret'], error: 'expected secret or secret_file' });

export const githubSchema = z
  .strictObject({
    name: sourceName('github'),
    every: every(300),
    ...githubAccessShape,
    repositories: z
      .array(
        z
          .string()
          .trim()
          .regex(/^[^/\s]+\/[^/\s]+$/, 'expected owner/name, or owner/* for all of an owner'),
      )
      .default([])
      .describe('owner/name, or owner/* for all that an organisation or user has; none where webhooks tell of all.'),
    exclude: patterns('Repositories that are left out').default([]),
    archived: z.boolean().default(false).describe('Whether owner/* takes archived repositories too.'),
    months: z.int().min(1).max(120).default(13).describe('Months of the past that the first reading goes back.'),
    deployments_from: z
      .array(deploymentsFromSchema)
      .default([{ kind: 'deployments', repositories: ['*'] }])
      .describe('What a deployment is here.'),
    pipeline_runs: z.boolean().default(true).describe('Whether workflow runs are read as pipeline runs.'),
    incident_labels: patterns(
      'Issues with such a label are incidents: closed as completed is resolved, closed as not planned is none; case does not matter',
    ).default(['incident']),
    commits: z
      .boolean()
      .default(false)
      .describe('Whether the history of commits is read from the API, where there is no clone for dora.git.'),
    webhook_secrets: z
      .array(webhookSecretSchema)
      .default([])
      .describe('Secrets of webhooks to POST /push/dora/NAME-webhooks; several while one takes the place of another.'),
  })
  .refine(config => config.repositories.length === 0 || oneIdentity(config), {
    path: ['token'],
    error: oneIdentityMessage,
  })
  .refine(config => config.repositories.length > 0 || config.webhook_secrets.length > 0, {
    path: ['repositories'],
    error: 'expected a repository, or webhook_secrets',
  });

export type GitHubConfig = z.infer<typeof githubSchema>;
export type DeploymentsFrom = z.infer<typeof deploymentsFromSchema>;
