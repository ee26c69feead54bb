/** An entry of `cost.usage`: a usage metric, from a query of Prometheus or from a CSV file. */
import { z } from 'zod';
import { authShape, oneAuth, oneAuthMessage } from '../../api-auth.ts';

const text = z.string().trim().min(1);

const common = {
  name: text.describe('Names the usage metric; splits and unit costs refer to it.'),
  every: z.int().min(1).default(3600).describe('Seconds between two refreshes.'),
};

const label = (what: string) => text.optional().describe(`The label that names the ${what}.`);

export const usageQuerySchema = z
  .strictObject({
    ...common,
    url: z
      .url({ protocol: /^https?$/ })
      .describe('A server with the API of Prometheus, such as http://prometheus:9090.'),
    query: text.describe(
      "PromQL, evaluated at each UTC day's end, such as sum by (team) (increase(http_requests_total[1d])).",
    ),
    labels: z
      .strictObject({ team: label('team'), service: label('service'), environment: label('environment') })
      .default({ team: 'team', service: 'service', environment: 'environment' })
      .describe('Which labels of the answer tell team, service and environment.'),
    days: z.int().min(1).max(62).default(3).describe('How many complete days are asked for again at every refresh.'),
    history_days: z
      .int()
      .min(1)
      .max(800)
      .default(400)
      .describe('How many days back are asked for once, as far as the server has them; thirteen months unless given.'),
    timeout: z.int().min(1).default(60).describe('Seconds that an answer may take.'),
    ...authShape,
  })
  .refine(oneAuth, { path: ['username'], error: oneAuthMessage });

export const usageFileSchema = z.strictObject({
  ...common,
  path: text.describe(
    'A CSV file with the columns day and quantity, and where they are told team, service and environment.',
  ),
});

// One of the two by the key that makes the difference, so that a mistake is told of the kind that is meant.
export const usageSchema = z.union([usageQuerySchema, usageFileSchema]);

export type UsageQueryConfig = z.output<typeof usageQuerySchema>;
export type UsageFileConfig = z.output<typeof usageFileSchema>;
export type UsageConfig = z.output<typeof usageSchema>;
