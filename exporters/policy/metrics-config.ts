/** What of the `policy:` section metrics depend on. */
import { z } from 'zod';

const text = z.string().trim().min(1);

export const requirementSchema = z.strictObject({
  engine: text.default('*').describe('The engine, such as kyverno; * is any text.'),
  policy: text.describe("The policy by its engine's own id; * is any text, case does not matter."),
  requirement: z
    .string()
    .regex(/^[a-z][a-z0-9_]*$/, 'expected lower case letters, digits and underscores')
    .describe('The requirement that it stands for: one of the ten, or one of your own.'),
});

export const metricsShape = {
  requirements: z
    .array(requirementSchema)
    .default([])
    .describe('Which requirement your own policies stand for; the first that matches, before those that come along.'),
  minimum_samples: z
    .int()
    .min(1)
    .default(5)
    .describe('A time to remediate over fewer violations is absent: it would be chance.'),
  top_policies: z
    .int()
    .min(1)
    .max(500)
    .default(100)
    .describe('So many policies are named in metrics; the rest is "other".'),
  top_services: z
    .int()
    .min(1)
    .max(2_000)
    .default(300)
    .describe('So many services are named in metrics of violations and results; the rest of each team is "other".'),
  top_scopes: z
    .int()
    .min(1)
    .max(2_000)
    .default(200)
    .describe('So many scopes are named in metrics: those that have been silent longest.'),
  expiring_days: z.int().min(1).default(14).describe('An exception that expires within so many days is "expiring".'),
  clean_days: z
    .int()
    .min(0)
    .default(14)
    .describe('A policy without a violation for so many days is ready to be enforced.'),
};

export type MetricsConfig = { readonly [name in keyof typeof metricsShape]: z.infer<(typeof metricsShape)[name]> };
