/** An item of `experience.roadmap_exports` in plumbline.yaml. */
import { z } from 'zod';
import { trackerShape } from '../../roadmap/config.ts';
import { dateOrder, encoding, settle, timeZone } from '../../sheet/config.ts';
import { every, sourceName } from '../../source-name.ts';
import { cancelledResolutions } from '../jira/config.ts';
import { exportKinds, type Meaning, meanings } from './kinds.ts';

const text = z.string().trim().min(1);
/** No person is read, whoever asks for it. */
const person =
  /\b(assignees?|reporter|creator|lead|members|watchers|participants|approvers|reviewers|e-?mail|author|owner)\b/i;
const column = text.refine(name => !person.test(name), 'expected a column that names no person: none of them is read');

const does: Readonly<Record<Meaning, string>> = {
  id: "the tracker's own id",
  key: 'what people call it, such as PLAT-12',
  title: 'its title, which tells drafts apart that have no address, and is not kept',
  url: 'its address',
  status: 'where it stands',
  category: 'the category of its status',
  category_changed: 'when that category changed last',
  resolution: 'how it was resolved',
  created: 'when it was created',
  updated: 'when it changed last',
  started: 'when it was started',
  ended: 'when it was done',
  cancelled: 'when it was cancelled',
  archived: 'when it was archived',
  due: 'the day it is promised for: a date, a month (Mar 2026), a quarter (Q1 2026) or a half (H1 2026), of which the last day counts',
  area: 'the area; the first value counts',
  labels: 'its labels',
  cycle_from: 'the first day of its cycle',
  cycle_until: 'the end of its cycle',
};

const columns = z
  .strictObject(
    Object.fromEntries(
      meanings.map(meaning => [
        meaning,
        z
          .union([column, z.array(column).min(1)])
          .optional()
          .describe(`The column that says ${does[meaning]}; of several the first that is filled counts.`),
      ]),
    ) as Readonly<Record<Meaning, z.ZodOptional<z.ZodUnion<readonly [typeof column, z.ZodArray<typeof column>]>>>>,
  )
  .default({})
  .describe(
    'Names of columns that a site has renamed, has in another language, or has of its own, such as due: Custom field (Target end). Case does not matter.',
  );

const { responders: _, ...tracker } = trackerShape;

export const roadmapExportSchema = z.strictObject({
  name: sourceName('roadmap-exports').describe(
    'Names the source; what was read is kept by this name, so several need one each, and keep it. Where an API was read before, give its name, and its items go on.',
  ),
  every: every(600),
  path: text.describe(
    'A file, a folder or a glob of exports (.csv, .tsv, .txt, gzipped or not), relative to this file. Each tells of all items at its moment; those with one date in their names are parts of one.',
  ),
  kind: z
    .enum(exportKinds)
    .optional()
    .describe('What wrote them; recognized by their header unless given. All files of a source are of one kind.'),
  moment: z
    .enum(['name', 'modified'])
    .optional()
    .describe(
      'What says of which moment a file speaks: a date in its name (2026-01-05, 20260105, Mon Jan 05 2026), else when it was last written; the first where it has one, unless given. A date alone is the end of that UTC day, or when the file was written on it.',
    ),
  settle,
  time_zone: timeZone,
  date_order: dateOrder,
  encoding,
  columns,
  ...tracker,
  cancelled_resolutions: cancelledResolutions,
  pull_requests: z
    .boolean()
    .default(false)
    .describe('Pull requests on a board of GitHub are items too; they would count the work of their issues twice.'),
});

export type RoadmapExportConfig = z.infer<typeof roadmapExportSchema>;
