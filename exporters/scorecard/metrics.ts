/**
 * What Plumbline says about the golden path. Every family is a query over the scorecard's ledger as of an instant. `check`
 * is the id of a check, `state` pass, fail, not_measured (nothing says, or too long ago) or exempt. Ratios weigh checks as
 * configured, and leave out what is not measured and what is exempt.
 */
import { defineMetric } from '../core/metric.ts';
import { sqlIn } from '../findings/sql.ts';

const sql = sqlIn(new URL('./metrics/', import.meta.url));

const subjects = ['subject_states', 'subject_looks', 'scorecard_settings'] as const;
const reads = [...subjects, 'catalog_entries', 'scorecard_checks', 'scorecard_exemptions'] as const;
/** Exemptions end, and facts grow stale, with the clock. */
const everySeconds = 900;
const state = { kind: 'state', everySeconds, instantsAtOnce: 30 } as const;
const before = ['services_at', 'subject_spans', 'checks_at'] as const;
const standings = ['asked_now', ...before, 'standings'] as const;
const top = 'Services beyond the setting top_services, those furthest behind first, are';

export const checks = defineMetric({
  ...state,
  name: 'platform_checks',
  help: `Checks of services by how they stand: pass, fail, not_measured, exempt. ${top} "other".`,
  unit: 'count',
  labels: ['team', 'service', 'check', 'state'],
  additive: true,
  maxSeries: 30_000,
  reads,
  sql: sql(...standings, 'named', 'checks'),
});

export const conformance = defineMetric({
  ...state,
  name: 'platform_conformance_ratio',
  help: `Share of a service's checks that pass, by weight, of those that are measured and not exempt. ${top} left out.`,
  unit: 'ratio',
  labels: ['team', 'service'],
  additive: false,
  level: 'service',
  maxSeries: 5_000,
  reads,
  sql: sql(...standings, 'named', 'levelled_service', 'conformance_service'),
});

export const teamConformance = defineMetric({
  ...state,
  name: 'platform_team_conformance_ratio',
  help: "Share of the checks of a team's services that pass, by weight, of those that are measured and not exempt.",
  unit: 'ratio',
  labels: ['team'],
  additive: false,
  level: 'team',
  maxSeries: 1_000,
  reads,
  sql: sql(...standings, 'levelled_team', 'conformance'),
});

export const organisationConformance = defineMetric({
  ...state,
  name: 'platform_organisation_conformance_ratio',
  help: "Share of the checks of the organisation's services that pass, by weight, of those that are measured and not exempt.",
  unit: 'ratio',
  labels: [],
  additive: false,
  level: 'organisation',
  maxSeries: 1,
  reads,
  sql: sql(...standings, 'levelled_organisation', 'conformance'),
});

export const checkConformance = defineMetric({
  ...state,
  name: 'platform_check_conformance_ratio',
  help: "Share of the organisation's services that pass a check, of those that it is measured of and that are not exempt.",
  unit: 'ratio',
  labels: ['check'],
  additive: false,
  level: 'organisation',
  maxSeries: 200,
  reads,
  sql: sql('asked_now', ...before, 'check_conformance'),
});

export const teamMeasured = defineMetric({
  ...state,
  name: 'platform_team_measured_ratio',
  help: "Share of the checks of a team's services that are measured, by weight, of those that are not exempt.",
  unit: 'ratio',
  labels: ['team'],
  additive: false,
  level: 'team',
  maxSeries: 1_000,
  reads,
  sql: sql(...standings, 'levelled_team', 'measured'),
});

export const organisationMeasured = defineMetric({
  ...state,
  name: 'platform_organisation_measured_ratio',
  help: "Share of the checks of the organisation's services that are measured, by weight, of those that are not exempt.",
  unit: 'ratio',
  labels: [],
  additive: false,
  level: 'organisation',
  maxSeries: 1,
  reads,
  sql: sql(...standings, 'levelled_organisation', 'measured'),
});

export const services = defineMetric({
  ...state,
  name: 'platform_services',
  help: 'Services of the catalog by how many of their checks are measured: measured (all), partial, unmeasured (none).',
  unit: 'count',
  labels: ['team', 'coverage'],
  additive: true,
  maxSeries: 3_000,
  reads,
  sql: sql(...standings, 'services'),
});

export const servicesByLevel = defineMetric({
  ...state,
  name: 'platform_services_by_level',
  help: 'Services by the level that they have reached: no check of it, and of those below, fails or is not measured.',
  unit: 'count',
  labels: ['team', 'level'],
  additive: true,
  maxSeries: 4_000,
  reads,
  sql: sql(...standings, 'by_level'),
});

export const checkChanges = defineMetric({
  ...state,
  name: 'platform_check_changes',
  help: 'Services by what became of a check since 7 and 30 days before: failing (it passed then), recovered (it failed then).',
  unit: 'count',
  labels: ['team', 'check', 'direction', 'window'],
  additive: true,
  maxSeries: 20_000,
  reads,
  sql: sql('asked_windows', ...before, 'changes', 'check_changes'),
});

export const requiredLost = defineMetric({
  ...state,
  name: 'platform_required_check_lost',
  help: 'A required check that a service fails, and passed 7 days before: 1 for each.',
  unit: 'count',
  labels: ['team', 'service', 'check'],
  additive: true,
  maxSeries: 5_000,
  reads,
  sql: sql('asked_windows', ...before, 'changes', 'required_lost'),
});

export const failingSince = defineMetric({
  ...state,
  name: 'platform_check_failing_since_timestamp_seconds',
  help: `Since when a service fails a check, as far as that is known, in seconds since 1970. ${top} left out.`,
  unit: 'timestamp_seconds',
  labels: ['team', 'service', 'check'],
  additive: false,
  level: 'service',
  maxSeries: 10_000,
  reads,
  sql: sql(...standings, 'named', 'failing_since'),
});

export const checkInfo = defineMetric({
  ...state,
  name: 'platform_check_info',
  help: 'The checks that are asked for, with the level that asks for each, and whose facts they are of.',
  unit: 'info',
  labels: ['check', 'title', 'level', 'required', 'exporter'],
  additive: false,
  level: 'organisation',
  maxSeries: 200,
  reads: ['scorecard_checks'],
  sql: sql('check_info'),
});

export const checkExemptions = defineMetric({
  ...state,
  name: 'platform_check_exemptions',
  help: 'Checks that services are exempt from: active, expiring (within the setting expiring_days).',
  unit: 'count',
  labels: ['team', 'check', 'status'],
  additive: true,
  maxSeries: 5_000,
  reads,
  sql: sql('asked_now', ...before, 'exemptions'),
});

export const shadowSubjects = defineMetric({
  ...state,
  name: 'platform_shadow_subjects',
  help: 'What domains have seen and nothing in the catalog explains: repositories, namespaces, images, resources, accounts.',
  unit: 'count',
  labels: ['kind'],
  additive: true,
  maxSeries: 10,
  reads: subjects,
  sql: sql('asked_now', 'subject_spans', 'shadow_at', 'shadow_subjects'),
});

export const shadowCost = defineMetric({
  ...state,
  name: 'platform_shadow_cost',
  help: 'Effective cost of the last 30 complete days of resources and accounts that nothing in the catalog explains, to two digits each.',
  unit: 'currency',
  labels: ['kind', 'currency'],
  additive: true,
  maxSeries: 100,
  reads: subjects,
  sql: sql('asked_now', 'subject_spans', 'shadow_cost'),
});

export const shadowFindings = defineMetric({
  ...state,
  name: 'platform_shadow_findings',
  help: 'Results that fail in repositories, namespaces and images that nothing in the catalog explains.',
  unit: 'count',
  labels: ['kind'],
  additive: true,
  maxSeries: 10,
  reads: subjects,
  sql: sql('asked_now', 'subject_spans', 'shadow_at', 'shadow_findings'),
});

export const shadowChanges = defineMetric({
  ...state,
  name: 'platform_shadow_subject_changes',
  help: 'What appeared in the shadow, and what is gone from it (explained, or no longer seen), since 7 and 30 days before.',
  unit: 'count',
  labels: ['kind', 'direction', 'window'],
  additive: true,
  maxSeries: 50,
  reads: subjects,
  sql: sql('asked_windows', 'subject_spans', 'shadow_at', 'shadow_changes'),
});

/** Every family of the scorecard exporter, in the order of the page. */
export const scorecardMetrics = [
  ...[checks, conformance, teamConformance, organisationConformance, checkConformance],
  ...[teamMeasured, organisationMeasured, services, servicesByLevel],
  ...[checkChanges, requiredLost, failingSince, checkInfo, checkExemptions],
  ...[shadowSubjects, shadowCost, shadowFindings, shadowChanges],
] as const;
