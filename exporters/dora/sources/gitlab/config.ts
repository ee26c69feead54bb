/** An item of `dora.gitlab` in plumbline.yaml. */
import { z } from 'zod';
import { gitlabShape } from '../../../vendors/gitlab/config.ts';
import { every, sourceName } from '../../source-name.ts';

const text = z.string().trim().min(1);

/** What is read of a project; `dora_metrics` are those that GitLab computes itself. */
const parts = ['deployments', 'pipelines', 'merge_requests', 'incidents', 'tags', 'commits', 'dora_metrics'] as const;

export const gitlabSchema = z
  .strictObject({
    name: sourceName('gitlab'),
    ...gitlabShape,
    projects: z.array(text).default([]).describe('Projects by path (acme/shop) or id.'),
    groups: z
      .array(text)
      .default([])
      .describe('Groups by path or id: all projects in them and their subgroups that are not archived.'),
    exclude: z.array(text).default([]).describe('Projects of the groups that are left out; * is any text.'),
    read: z
      .array(z.enum(parts))
      .min(1)
      .default([...parts])
      .describe(
        'What is read. commits are those of the default branch; leave them out where the repository is a source "git", which knows all branches and paths. dora_metrics are what GitLab Ultimate computes, shown beside ours.',
      ),
    incident_labels: z
      .array(text)
      .default([])
      .describe(
        'Issues with one of these labels, as GitLab writes them, are incidents too; those of the type incident always are.',
      ),
    history_days: z.int().min(1).default(365).describe('How many days back the first reading goes.'),
    webhook_secret: text
      .optional()
      .describe(
        'The secret token of webhooks that post to /push/dora/NAME-webhooks; better in webhook_secret_file. Without it they need a token of server.tokens.',
      ),
    webhook_secret_file: text.optional().describe('A file that holds the secret token of webhooks.'),
    every: every(600),
  })
  .refine(
    ({ projects, groups, token, webhook_secret }) =>
      projects.length + groups.length > 0 || webhook_secret !== undefined || token === undefined,
    { path: ['projects'], error: 'expected projects or groups to read' },
  );

export type GitLabConfig = z.infer<typeof gitlabSchema>;
export type Part = GitLabConfig['read'][number];
