/** An item of `dora.cortex` in plumbline.yaml. */
import { z } from 'zod';
import { every, sourceName } from '../../source-name.ts';

export const cortexSchema = z.strictObject({
  name: sourceName('cortex'),
  every: every(300),
});

export type CortexConfig = z.infer<typeof cortexSchema>;
