/** Licences that a policy speaks against: findings of class license, as the setting licenses and scanners tell them. */
import { defineMetric } from '../../core/metric.ts';
import { findingSpans, foundAt, reportSpans, scopesAt } from '../../findings/sql.ts';
import { sql } from './sql.ts';

export const licenseFindings = defineMetric({
  name: 'supply_chain_license_findings',
  kind: 'state',
  help: 'Open findings of licences, by the licence; the 50 that most packages have are named, the rest is "other".',
  unit: 'count',
  labels: ['team', 'environment', 'license', 'severity'],
  additive: true,
  maxSeries: 20_000,
  reads: ['finding_states', 'finding_reports', 'owners'],
  everySeconds: 300,
  sql: sql(findingSpans, reportSpans, scopesAt, foundAt, 'findings_at', 'licenses_owned', 'license_findings'),
});

export const licenseMetrics = [licenseFindings] as const;
