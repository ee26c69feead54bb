/** What is looked at, and what is not: a scanner that fell silent must not look like a service without violations. */
import { defineMetric } from '../../core/metric.ts';
import { reportSpans, scopesAt, tallySpans, totalSpans } from '../../findings/sql.ts';
import { sql } from './sql.ts';

/** Scopes grow stale with the clock. */
const everySeconds = 300;

export const scopes = defineMetric({
  name: 'policy_scopes',
  kind: 'state',
  help: 'Scopes (clusters, repositories, subscriptions, workspaces) by how their newest report stands: fresh, partial, failed, stale (none for too long).',
  unit: 'count',
  labels: ['team', 'engine', 'status'],
  additive: true,
  maxSeries: 2_000,
  reads: ['finding_reports', 'owners'],
  everySeconds,
  sql: sql(reportSpans, scopesAt, 'scopes'),
});

export const scopeLastReport = defineMetric({
  name: 'policy_scope_last_report_timestamp_seconds',
  kind: 'state',
  help: 'When a scope was last reported on, completely or in part, in seconds since 1970: those that have been silent longest, reports older than 90 days last; as many as the setting top_scopes says.',
  unit: 'timestamp_seconds',
  labels: ['engine', 'scope'],
  additive: false,
  level: 'organisation',
  maxSeries: 2_000,
  reads: ['finding_reports', 'owners', 'policy_settings'],
  everySeconds,
  sql: sql(reportSpans, scopesAt, 'scope_last_report'),
});

export const engineLastReport = defineMetric({
  name: 'policy_engine_last_report_timestamp_seconds',
  kind: 'state',
  help: "When an engine's newest report was made that did not fail, in seconds since 1970.",
  unit: 'timestamp_seconds',
  labels: ['engine'],
  additive: false,
  level: 'organisation',
  maxSeries: 100,
  reads: ['finding_reports', 'owners'],
  sql: sql(reportSpans, scopesAt, 'engine_last_report'),
});

export const unlistedViolations = defineMetric({
  name: 'policy_unlisted_violations',
  kind: 'state',
  help: 'Violations that an engine counts and does not list, as its list is cut: what no other family knows. Policies beyond the setting top_policies are "other".',
  unit: 'count',
  labels: ['engine', 'policy', 'requirement'],
  additive: true,
  maxSeries: 1_000,
  reads: ['finding_totals', 'finding_reports', 'owners', 'policy_rules', 'policy_settings'],
  everySeconds,
  sql: sql(reportSpans, scopesAt, totalSpans, 'totals_at', 'unlisted_violations'),
});

export const listedRatio = defineMetric({
  name: 'policy_listed_violations_ratio',
  kind: 'state',
  help: 'Share of the violations that an engine counts which it lists too; of engines that say both.',
  unit: 'ratio',
  labels: ['engine'],
  additive: false,
  level: 'organisation',
  maxSeries: 100,
  reads: ['finding_totals', 'finding_reports', 'owners'],
  everySeconds,
  sql: sql(reportSpans, scopesAt, totalSpans, 'totals_at', 'listed_ratio'),
});

export const services = defineMetric({
  name: 'policy_services',
  kind: 'state',
  help: 'Services of the catalog by coverage: covered (some engine has results of it that are not stale), uncovered.',
  unit: 'count',
  labels: ['team', 'coverage'],
  additive: true,
  maxSeries: 1_000,
  reads: ['catalog_services', 'finding_tallies', 'finding_reports', 'owners'],
  everySeconds,
  sql: sql(reportSpans, scopesAt, tallySpans, 'services_covered', 'services'),
});

export const coverageMetrics = [
  ...[scopes, scopeLastReport, engineLastReport, unlistedViolations, listedRatio, services],
] as const;
