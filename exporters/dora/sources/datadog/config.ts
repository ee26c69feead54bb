/** An item of `dora.datadog` in plumbline.yaml. */
import { z } from 'zod';
import { every, sourceName } from '../../source-name.ts';

export const datadogSchema = z.strictObject({
  name: sourceName('datadog'),
  every: every(300),
});

export type DatadogConfig = z.infer<typeof datadogSchema>;
