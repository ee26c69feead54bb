/** An item of `dora.git` in plumbline.yaml. */
import { z } from 'zod';
import { every, sourceName } from '../../source-name.ts';

export const gitSchema = z.strictObject({
  name: sourceName('git'),
  every: every(300),
});

export type GitConfig = z.infer<typeof gitSchema>;
