/** `scorecard.prometheus`: the server that queries of checks are asked of. */
import { z } from 'zod';
import { authShape } from '../../auth.ts';

export const prometheusSchema = z.strictObject({
  url: z.url({ protocol: /^https?$/, error: 'expected an address such as http://prometheus:9090' }),
  every: z.int().min(10).default(300).describe('Seconds between two questions.'),
  timeout: z.number().positive().default(30).describe('Seconds that an answer may take.'),
  ...authShape,
});

export type PrometheusConfig = z.infer<typeof prometheusSchema>;
