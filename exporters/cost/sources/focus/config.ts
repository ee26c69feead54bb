/** An item of `cost.focus` in plumbline.yaml. */
import { z } from 'zod';
import { billFileShape, sourceName } from '../../bills/config.ts';

export const focusSchema = z.strictObject({
  path: z
    .string()
    .trim()
    .min(1)
    .describe('A file, a folder or a glob of FOCUS 1.0 to 1.4 files (CSV, Parquet, gzip), relative to this file.'),
  name: sourceName('focus'),
  ...billFileShape,
});

export type FocusConfig = z.infer<typeof focusSchema>;
