/** An item of `dora.linearb` in plumbline.yaml. */
import { z } from 'zod';
import { every, sourceName } from '../../source-name.ts';

export const linearbSchema = z.strictObject({
  name: sourceName('linearb'),
  every: every(300),
});

export type LinearBConfig = z.infer<typeof linearbSchema>;
