/** The section `dora.four_keys` of plumbline.yaml. */
import { z } from 'zod';
import { every, sourceName } from '../../source-name.ts';

const text = z.string().trim().min(1);

export const fourKeysSchema = z.strictObject({
  name: sourceName('four-keys'),
  path: text
    .optional()
    .describe(
      'Exports of the table events_raw: a file, a folder or a glob of CSV, JSON lines or Parquet, relative to this file.',
    ),
  settle: z
    .int()
    .min(0)
    .default(60)
    .describe('A file is read when it has not changed for so many seconds, or between two looks.'),
  secret: text
    .optional()
    .describe(
      "The event handler's secret (event-handler of Secret Manager): GitHub's, GitLab's, CircleCI's and Tekton's; better in secret_file.",
    ),
  secret_file: text.optional().describe('A file that holds the secret.'),
  pagerduty_secret: text.optional().describe("PagerDuty's secret; better in pagerduty_secret_file."),
  pagerduty_secret_file: text.optional().describe("A file that holds PagerDuty's secret."),
  incident_labels: z
    .array(text)
    .min(1)
    .default(['Incident'])
    .describe('Issues of GitHub and GitLab with one of these labels are incidents.'),
  environment: text
    .default('production')
    .describe('The environment of deployments that name none: Cloud Build, Tekton, CircleCI, Argo CD.'),
  repository: text.optional().describe('The repository of deployments that name none, and whose commit is not known.'),
  circleci_workflows: z
    .array(text)
    .min(1)
    .default(['*deploy*'])
    .describe('Workflows of CircleCI that are deployments; * is any text.'),
  gitlab_pipelines: z
    .enum(['jobs', 'deployments'])
    .default('jobs')
    .describe(
      'jobs: of a GitLab pipeline, the jobs with an environment are deployments. deployments: each pipeline of the default branch is one, as Four Keys had it; only where GitLab sends no deployment events, which would count twice.',
    ),
  commits: z
    .boolean()
    .default(true)
    .describe(
      'Takes the commits of pushes to the default branch as history. They give way to those of a source that reads the repository.',
    ),
  every: every(300),
});

export type FourKeysConfig = z.infer<typeof fourKeysSchema>;
