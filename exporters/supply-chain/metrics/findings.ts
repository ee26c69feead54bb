/** Findings at present: whose, of what, how bad, since when. All is state: what is open today may be gone tomorrow. */
import { defineMetric } from '../../core/metric.ts';
import { aged, findingSpans, foundAt, reportSpans, scopesAt, servicesFolded } from '../../findings/sql.ts';
import { sql } from './sql.ts';

const reads = ['finding_states', 'finding_reports', 'owners'] as const;
const readsDescribed = [
  ...reads,
  ...(['finding_fixes', 'kev_entries', 'vulnerability_aliases', 'supply_chain_settings'] as const),
] as const;
const found = [findingSpans, reportSpans, scopesAt, foundAt, 'findings_at'] as const;
const described = [...found, 'exploited_at', 'fixes_at', 'described'] as const;
/** Staleness moves with time alone. */
const everySeconds = 300;

export const findings = defineMetric({
  name: 'supply_chain_findings',
  kind: 'state',
  help: 'Findings by state: open, excepted (someone said that it does not matter), unknown (not scanned any more). One is a vulnerability, a secret or a licence in a package of an image, in one place that it runs in, or of a repository; fix tells whether a version without it is known (available, none; unknown where no scanner says), exploited whether it is in KEV. Services beyond the setting top_services are "other".',
  unit: 'count',
  labels: ['team', 'service', 'environment', 'class', 'severity', 'fix', 'exploited', 'state'],
  additive: true,
  maxSeries: 30_000,
  reads: readsDescribed,
  everySeconds,
  sql: sql(...described, 'findings_owned', servicesFolded, 'findings'),
});

export const findingsByAge = defineMetric({
  name: 'supply_chain_findings_by_age',
  kind: 'state',
  help: 'Open findings by the time since they were opened: 0-7d, 7-30d, 30-90d, 90-365d, 365d+.',
  unit: 'count',
  labels: ['team', 'class', 'severity', 'age'],
  additive: true,
  maxSeries: 5_000,
  reads,
  everySeconds,
  sql: sql(...found, aged, 'findings_by_age'),
});

export const oldestFinding = defineMetric({
  name: 'supply_chain_oldest_finding_timestamp_seconds',
  kind: 'state',
  help: "When a team's oldest open finding was opened, by class and severity, in seconds since 1970.",
  unit: 'timestamp_seconds',
  labels: ['team', 'class', 'severity'],
  additive: false,
  level: 'team',
  maxSeries: 3_000,
  reads,
  everySeconds,
  sql: sql(...found, 'oldest_finding'),
});

export const exploitedFindings = defineMetric({
  name: 'supply_chain_exploited_findings',
  kind: 'state',
  help: 'Findings of vulnerabilities that are known to be exploited (KEV), by state: open, unknown (open when last seen); ransomware where a campaign is known to use it.',
  unit: 'count',
  labels: ['team', 'environment', 'severity', 'state', 'ransomware'],
  additive: true,
  maxSeries: 5_000,
  reads: [...reads, 'kev_entries', 'vulnerability_aliases'],
  everySeconds,
  sql: sql(...found, 'exploited_at', 'exploited_findings'),
});

export const listedExploited = defineMetric({
  name: 'supply_chain_known_exploited_vulnerabilities',
  kind: 'state',
  help: 'Vulnerabilities that the list of known exploited ones (KEV) has, of whatever product; absent where no list was read, and nothing counts as exploited.',
  unit: 'count',
  labels: [],
  additive: true,
  maxSeries: 1,
  reads: ['kev_entries', 'vulnerability_aliases'],
  sql: sql('exploited_at', 'listed_exploited'),
});

export const likelyExploitedFindings = defineMetric({
  name: 'supply_chain_likely_exploited_findings',
  kind: 'state',
  help: 'Open findings of vulnerabilities whose EPSS score is as high as the setting epss_high, exploited already or not.',
  unit: 'count',
  labels: ['team', 'environment', 'severity'],
  additive: true,
  maxSeries: 3_000,
  reads: [...reads, 'exploit_predictions'],
  everySeconds,
  sql: sql(...found, 'likely_at', 'likely_exploited'),
});

export const findingMetrics = [
  ...[findings, findingsByAge, oldestFinding, exploitedFindings, listedExploited, likelyExploitedFindings],
] as const;
