/** An item of `dora.event_files` in plumbline.yaml. */
import { z } from 'zod';
import { every, sourceName } from '../../source-name.ts';

const text = z.string().trim().min(1);

export const eventFilesSchema = z.strictObject({
  path: text.describe(
    'A file, a folder or a glob of events, one a line (.jsonl, .ndjson), as POST /push/dora/events takes them; relative to this file.',
  ),
  name: sourceName('event-files'),
  every: every(300),
  settle: z
    .int()
    .min(0)
    .default(60)
    .describe('A file is read when it has not changed for so many seconds, or between two looks.'),
});

export type EventFilesConfig = z.infer<typeof eventFilesSchema>;
