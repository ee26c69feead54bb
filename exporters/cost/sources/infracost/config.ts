/** An item of `cost.infracost` in plumbline.yaml. */
import { z } from 'zod';
import { sourceName } from '../../bills/config.ts';

const text = z.string().trim().min(1);

export const infracostSchema = z.strictObject({
  path: text.describe(
    'A file, a folder or a glob of what "infracost diff" and "infracost breakdown" write with --format json, relative to this file.',
  ),
  name: sourceName('infracost'),
  every: z.int().min(1).default(300).describe('Seconds between two looks at the files.'),
  settle: z
    .int()
    .min(0)
    .default(60)
    .describe('A file is read when it has not changed for so many seconds, or between two looks.'),
  default_branches: z
    .array(text)
    .min(1)
    .default(['main', 'master'])
    .describe('Branches that pull requests are merged into: a run on one of them is what tells of a merge.'),
});

export type InfracostConfig = z.infer<typeof infracostSchema>;
