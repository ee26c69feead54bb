/** Three ways to count vulnerabilities, each with its own name: one in ten images is ten occurrences, and one vulnerability. */
import { defineMetric } from '../../core/metric.ts';
import { findingSpans, foundAt, reportSpans, scopesAt } from '../../findings/sql.ts';
import { sql } from './sql.ts';

const reads = ['finding_states', 'finding_reports', 'owners'] as const;
const found = [findingSpans, reportSpans, scopesAt, foundAt, 'findings_at'] as const;
const everySeconds = 300;

export const vulnerabilityOccurrences = defineMetric({
  name: 'supply_chain_vulnerability_occurrences',
  kind: 'state',
  help: 'Open vulnerabilities counted in each package of each image and place or repository that they are in; secrets and licences are none.',
  unit: 'count',
  labels: ['team', 'environment'],
  additive: true,
  maxSeries: 1_000,
  reads,
  everySeconds,
  sql: sql(...found, 'occurrences'),
});

export const vulnerablePackages = defineMetric({
  name: 'supply_chain_team_vulnerable_packages',
  kind: 'state',
  help: `Different packages, whatever their version, of a team's images and repositories that have an open vulnerability; environment "all" is over all of them together.`,
  unit: 'count',
  labels: ['team', 'environment'],
  additive: false,
  level: 'team',
  maxSeries: 1_000,
  reads: [...reads, 'findings'],
  everySeconds,
  sql: sql(...found, 'open_vulnerabilities', 'distinct_team_packages'),
});

export const distinctVulnerabilities = defineMetric({
  name: 'supply_chain_team_distinct_vulnerabilities',
  kind: 'state',
  help: 'Different vulnerabilities that a team has open, each once under all of its ids; environment "all" is over all of them together.',
  unit: 'count',
  labels: ['team', 'environment'],
  additive: false,
  level: 'team',
  maxSeries: 1_000,
  reads,
  everySeconds,
  sql: sql(...found, 'distinct_team_vulnerabilities'),
});

export const organisationVulnerablePackages = defineMetric({
  name: 'supply_chain_organisation_vulnerable_packages',
  kind: 'state',
  help: 'Different packages, whatever their version, that have an open vulnerability somewhere; environment "all" is over all of them together.',
  unit: 'count',
  labels: ['environment'],
  additive: false,
  level: 'organisation',
  maxSeries: 50,
  reads: [...reads, 'findings'],
  everySeconds,
  sql: sql(...found, 'open_vulnerabilities', 'distinct_organisation_packages'),
});

export const organisationDistinctVulnerabilities = defineMetric({
  name: 'supply_chain_organisation_distinct_vulnerabilities',
  kind: 'state',
  help: 'Different vulnerabilities that are open somewhere, each once under all of its ids; environment "all" is over all of them together.',
  unit: 'count',
  labels: ['environment'],
  additive: false,
  level: 'organisation',
  maxSeries: 50,
  reads,
  everySeconds,
  sql: sql(...found, 'distinct_organisation_vulnerabilities'),
});

export const scannerDisagreements = defineMetric({
  name: 'supply_chain_scanner_disagreements',
  kind: 'state',
  help: 'Vulnerabilities on which scanners of the same running image disagree: alone (this one reports it, no other does), missed (another reports it, this one does not). Images of one scanner have none.',
  unit: 'count',
  labels: ['team', 'scanner', 'verdict'],
  additive: false,
  level: 'team',
  maxSeries: 2_000,
  reads: [
    ...['scanner_disagreements', 'running_images', 'running_looks', 'artifacts', 'artifact_digests'],
    ...['artifact_scans', 'artifact_sboms', 'owners'],
  ],
  everySeconds,
  sql: sql('running_at', 'disagreements_at', 'disagreements_owned', 'disagreements'),
});

export const countMetrics = [
  ...[vulnerabilityOccurrences, vulnerablePackages, distinctVulnerabilities],
  ...[organisationVulnerablePackages, organisationDistinctVulnerabilities, scannerDisagreements],
] as const;
