/** An item of `dora.sleuth` in plumbline.yaml. */
import { z } from 'zod';
import { every, sourceName } from '../../source-name.ts';

export const sleuthSchema = z.strictObject({
  name: sourceName('sleuth'),
  every: every(300),
});

export type SleuthConfig = z.infer<typeof sleuthSchema>;
