/**
 * How long violations stay, from those that were resolved and those that still are open together (Kaplan and Meier): a
 * mean over the resolved ones alone is the smaller the less is resolved.
 */
import { defineMetric } from '../../core/metric.ts';
import { atLevels, everyLevel } from '../../findings/levels.ts';
import {
  episodePlaces,
  episodesAt,
  findingSpans,
  remediationEpisodesOf,
  remediationMedianOf,
  reportSpans,
  scopesAt,
  survival,
  survivalReached,
  unresolvedAfterOf,
} from '../../findings/sql.ts';
import { sql } from './sql.ts';

const reads = ['finding_states', 'finding_events', 'finding_reports', 'owners', 'policy_settings'] as const;
const before = [findingSpans, reportSpans, scopesAt, episodesAt, 'episodes'] as const;
/** Ages grow with the clock, and nobody reads them by the minute. */
const everySeconds = 3_600;
const instantsAtOnce = 7;

export const remediationEpisodes = defineMetric({
  name: 'policy_remediation_episodes',
  kind: 'state',
  help: 'Violations that were open at some time in the last 90 and 365 days, by how they stand: resolved, open, censored (excepted or unknown now): the n of the times to remediate. Services beyond the setting top_services are "other".',
  unit: 'count',
  labels: ['team', 'service', 'severity', 'outcome', 'window'],
  additive: true,
  maxSeries: 20_000,
  reads,
  everySeconds,
  instantsAtOnce,
  sql: sql(...before, episodePlaces, remediationEpisodesOf),
});

export const remediationMedian = atLevels('policy', 'remediation_median_seconds', {
  help: 'Median of {of} time from opened to resolved (Kaplan-Meier) over violations that were open at some time in the last 90 and 365 days, those that still are open among them, by severity and for all together; absent where fewer than half are known to be resolved at any age, and below the minimum of samples.',
  unit: 'seconds',
  labels: ['severity', 'window'],
  reads,
  everySeconds,
  instantsAtOnce,
  before,
  sql,
  after: [survival, remediationMedianOf],
});

export const unresolvedAfter30d = atLevels('policy', 'unresolved_after_30d_ratio', {
  help: 'Share of {of} violations that are not resolved 30 days after they were opened (Kaplan-Meier), over those that were open at some time in the last 90 and 365 days, by severity and for all together; absent below the minimum of samples.',
  unit: 'ratio',
  labels: ['severity', 'window'],
  reads,
  everySeconds,
  instantsAtOnce,
  before,
  sql,
  after: [survival, survivalReached, unresolvedAfterOf],
});

export const remediationMetrics = [
  remediationEpisodes,
  ...everyLevel(remediationMedian),
  ...everyLevel(unresolvedAfter30d),
] as const;
