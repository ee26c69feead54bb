/** The section `dora.four_keys` of plumbline.yaml. */
import { z } from 'zod';
import { every, sourceName } from '../../source-name.ts';

export const fourKeysSchema = z.strictObject({
  name: sourceName('four-keys'),
  every: every(300),
});

export type FourKeysConfig = z.infer<typeof fourKeysSchema>;
