/**
 * How long findings stay, from those that were resolved and those that still are open together (Kaplan and Meier): a mean
 * over the resolved ones alone is the smaller the less is resolved. The families of a domain, under its own name.
 */
import { defineMetric } from '../core/metric.ts';
import { atLevels, everyLevel } from './levels.ts';
import {
  episodePlaces,
  episodesAt,
  findingSpans,
  remediationEpisodesOf,
  remediationMedianOf,
  reportSpans,
  type SqlFiles,
  scopesAt,
  survival,
  survivalReached,
  unresolvedAfterOf,
} from './sql.ts';

interface RemediationOptions<Prefix extends string> {
  /** `policy`, `supply_chain`: also its table of settings is called so. */
  readonly prefix: Prefix;
  /** What the domain calls its findings: `violations`. */
  readonly findings: string;
  /** Makes the SQL of files (sql.ts), the domain's `episodes` among them. */
  readonly sql: (...files: SqlFiles) => string;
}

const before = [findingSpans, reportSpans, scopesAt, episodesAt, 'episodes'] as const;

export function remediation<const Prefix extends string>({ prefix, findings, sql }: RemediationOptions<Prefix>) {
  const common = {
    reads: ['finding_states', 'finding_events', 'finding_reports', 'owners', `${prefix}_settings`],
    // ages grow with the clock, and nobody reads them by the minute
    everySeconds: 3_600,
    instantsAtOnce: 7,
  } as const;
  const episodes = defineMetric({
    ...common,
    name: `${prefix}_remediation_episodes`,
    kind: 'state',
    help: `${findings.charAt(0).toUpperCase()}${findings.slice(1)} that were open at some time in the last 90 and 365 days, by how they stand: resolved, open, censored (excepted or unknown now): the n of the times to remediate. Services beyond the setting top_services are "other".`,
    unit: 'count',
    labels: ['team', 'service', 'severity', 'outcome', 'window'],
    additive: true,
    maxSeries: 20_000,
    sql: sql(...before, episodePlaces, remediationEpisodesOf),
  });
  const median = atLevels(prefix, 'remediation_median_seconds', {
    ...common,
    help: `Median of {of} time from opened to resolved (Kaplan-Meier) over ${findings} that were open at some time in the last 90 and 365 days, those that still are open among them, by severity and for all together; absent where fewer than half are known to be resolved at any age, and below the minimum of samples.`,
    unit: 'seconds',
    labels: ['severity', 'window'],
    ...{ before, sql, after: [survival, remediationMedianOf] },
  });
  const unresolvedAfter30d = atLevels(prefix, 'unresolved_after_30d_ratio', {
    ...common,
    help: `Share of {of} ${findings} that are not resolved 30 days after they were opened (Kaplan-Meier), over those that were open at some time in the last 90 and 365 days, by severity and for all together; absent below the minimum of samples.`,
    unit: 'ratio',
    labels: ['severity', 'window'],
    ...{ before, sql, after: [survival, survivalReached, unresolvedAfterOf] },
  });
  return {
    ...{ episodes, median, unresolvedAfter30d },
    all: [episodes, ...everyLevel(median), ...everyLevel(unresolvedAfter30d)] as const,
  };
}
