/** What of the `supply_chain:` section metrics depend on. */
import { z } from 'zod';
import { sbomGaps } from './document.ts';

const days = z.number().positive().max(36_500);
const defaultSla = { critical: 7, high: 30, medium: 90, low: 180, exploited: 3 };
/** What few tools write, and no one can act on. */
const usualGaps = ['no_author', 'no_supplier'] as const;

export const slaSchema = z.strictObject({
  critical: days.default(defaultSla.critical),
  high: days.default(defaultSla.high),
  medium: days.default(defaultSla.medium),
  low: days.default(defaultSla.low),
  info: days.optional().describe('No limit unless set.'),
  unknown: days.optional().describe('Of findings whose severity nobody says; no limit unless set.'),
  exploited: days
    .default(defaultSla.exploited)
    .describe('Of known exploited vulnerabilities (KEV), whatever their severity, from when that was known.'),
  clock: z
    .enum(['opened', 'fix_available'])
    .default('opened')
    .describe(
      'What it runs from: when the finding was opened, or when a version without it was known, if that is later.',
    ),
});

export const metricsShape = {
  sla: slaSchema.prefault({}).describe('Days in which a finding has to be remedied, by severity.'),
  due_days: days.default(7).describe('A finding whose limit ends within so many days is "due".'),
  minimum_samples: z
    .int()
    .min(1)
    .default(5)
    .describe('A time to remediate over fewer findings is absent: it would be chance.'),
  top_services: z
    .int()
    .min(1)
    .max(2_000)
    .default(300)
    .describe('So many services are named in metrics; the rest of each team is "other".'),
  expiring_days: z.int().min(1).default(14).describe('An exception that expires within so many days is "expiring".'),
  epss_high: z
    .number()
    .gt(0)
    .max(1)
    .default(0.1)
    .describe('A vulnerability whose EPSS score is so high or higher is likely to be exploited within 30 days.'),
  sbom_stale_days: days.default(90).describe('A bill of materials that is older is "stale".'),
  provenance_level: z
    .int()
    .min(1)
    .max(3)
    .default(1)
    .describe('The SLSA build level that verified provenance is asked for, by the check supply-chain/provenance.'),
  sbom_optional: z
    .array(z.enum(sbomGaps))
    .default([...usualGaps])
    .describe('What a bill of materials may lack, and is complete.'),
};

export type MetricsConfig = { readonly [name in keyof typeof metricsShape]: z.infer<(typeof metricsShape)[name]> };
export type Sla = z.infer<typeof slaSchema>;
