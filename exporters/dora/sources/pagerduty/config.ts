/** An item of `dora.pagerduty` in plumbline.yaml. */
import { z } from 'zod';
import { every, sourceName } from '../../source-name.ts';

export const pagerdutySchema = z.strictObject({
  name: sourceName('pagerduty'),
  every: every(300),
});

export type PagerDutyConfig = z.infer<typeof pagerdutySchema>;
