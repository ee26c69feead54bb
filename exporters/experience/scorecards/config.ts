/** `experience.scorecards` of plumbline.yaml: what of scorecards stands in metrics. */
import { z } from 'zod';

export const scorecardsSchema = z.strictObject({
  top_services: z
    .int()
    .min(1)
    .max(2_000)
    .default(300)
    .describe('So many services have their score in metrics: those that are furthest behind.'),
});

export type ScorecardsConfig = z.infer<typeof scorecardsSchema>;
