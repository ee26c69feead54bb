/** An item of `policy.files` in plumbline.yaml. */
import { z } from 'zod';
import { enforcements } from '../../../findings/report.ts';
import { staleHours } from '../../../findings/stale.ts';
import { reportKinds } from '../../kinds.ts';

/** A file's kind is what its content is of. */
export const auto = 'auto';

const text = z.string().trim().min(1);

export const reportFilesSchema = z
  .strictObject({
    kind: z
      .enum([auto, ...reportKinds.map(({ kind }) => kind)])
      .default(auto)
      .describe('What wrote the reports; auto takes what each of them is by its content.'),
    path: text.describe(
      'A file, a folder or a glob of reports, gzipped or not, relative to this file. {repository}, {cluster}, {service}, {team}, {environment} and {scope} in it take that part of a path for what is set below, as in reports/{repository}/checkov-*.json; {repository} may be several folders.',
    ),
    name: text
      .optional()
      .describe(
        'Names the source, by default KIND-files (report-files for auto); several of one kind need one each, and keep it.',
      ),
    every: z.int().min(1).default(300).describe('Seconds between two looks at the files.'),
    settle: z
      .int()
      .min(0)
      .default(60)
      .describe('A file is read when it has not changed for so many seconds, or between two looks.'),
    stale: staleHours
      .default(168)
      .describe('Hours after which findings are unknown unless a newer report tells of them.'),
    scope: text
      .optional()
      .describe('What is looked at as a whole, where the reports do not say it; else it is the repository or cluster.'),
    repository: text
      .optional()
      .describe(
        'The repository that was scanned, such as acme/shop. By auto it is of scans and pipelines alone, beside a cluster.',
      ),
    cluster: text
      .optional()
      .describe(
        'The cluster that was scanned. By auto it is of PolicyReports, Gatekeeper and scans of clusters alone, beside a repository.',
      ),
    service: text.optional(),
    team: text.optional(),
    environment: text.optional(),
    enforcement: z
      .enum(enforcements)
      .optional()
      .describe('What a violation leads to, where reports do not say it: enforce where a pipeline fails on it.'),
  })
  .transform(item => ({ ...item, name: item.name ?? `${item.kind === auto ? 'report' : item.kind}-files` }));

export type ReportFilesConfig = z.infer<typeof reportFilesSchema>;
