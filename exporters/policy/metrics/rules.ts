/**
 * Policies one by one: what is violated of each, whom it would block, since when it is clean. A policy is named where it
 * is among the first of its family, as many as the setting top_policies says; what adds up has the rest as "other".
 */
import { defineMetric } from '../../core/metric.ts';
import {
  exceptionSpans,
  exceptionsAt,
  findingSpans,
  foundAt,
  policySpans,
  reportSpans,
  scopesAt,
  tallySpans,
} from '../../findings/sql.ts';
import { sql } from './sql.ts';

const readsFound = ['finding_states', 'finding_reports', 'owners', 'policy_rules', 'policy_settings'] as const;
const reads = [...readsFound, 'finding_tallies', 'finding_policies'] as const;
const found = [findingSpans, reportSpans, scopesAt, foundAt, 'findings_at'] as const;
const everySeconds = 300;
const standing = [...found, tallySpans, policySpans, 'rule_modes', 'rule_standing'] as const;

export const ruleViolations = defineMetric({
  name: 'policy_rule_violations',
  kind: 'state',
  help: 'Open violations of a policy by its mode: outside of enforce, what it would block if it were enforced today, and whose. Policies beyond the setting top_policies are "other".',
  unit: 'count',
  labels: ['team', 'engine', 'policy', 'requirement', 'enforcement'],
  additive: true,
  maxSeries: 10_000,
  reads: readsFound,
  everySeconds,
  sql: sql(...found, 'violations_owned', 'rule_places', 'rule_violations'),
});

export const ruleServices = defineMetric({
  name: 'policy_rule_services',
  kind: 'state',
  help: 'Services with an open violation of a policy, by its mode: outside of enforce, how many it would block. Of the policies with the most open violations.',
  unit: 'count',
  labels: ['engine', 'policy', 'enforcement'],
  additive: false,
  level: 'organisation',
  maxSeries: 2_000,
  reads: readsFound,
  everySeconds,
  sql: sql(...found, 'violations_owned', 'rule_places', 'rule_services'),
});

export const ruleScopes = defineMetric({
  name: 'policy_rule_scopes',
  kind: 'state',
  help: 'Scopes in which a policy has a mode, as its engine lists it, else as its results say. Policies beyond the setting top_policies are "other".',
  unit: 'count',
  labels: ['engine', 'policy', 'enforcement'],
  additive: true,
  maxSeries: 3_000,
  reads: ['finding_tallies', 'finding_policies', 'owners', 'policy_settings'],
  sql: sql(tallySpans, policySpans, 'rule_modes', 'rule_scopes'),
});

export const rules = defineMetric({
  name: 'policy_rules',
  kind: 'state',
  help: 'Policies by how ready they are to be enforced: enforced (in all scopes), ready (clean for as long as the setting clean_days says), settling (clean, not so long yet), violated, unknown (not evaluated now). Policies beyond the setting top_policies are "other".',
  unit: 'count',
  labels: ['engine', 'policy', 'requirement', 'readiness'],
  additive: true,
  maxSeries: 3_000,
  reads,
  everySeconds,
  sql: sql(...standing, 'rules'),
});

export const ruleClean = defineMetric({
  name: 'policy_rule_clean_timestamp_seconds',
  kind: 'state',
  help: 'Since when a policy has no violation, in seconds since 1970; absent while it has one that is open or unknown, and while no scope evaluates it.',
  unit: 'timestamp_seconds',
  labels: ['engine', 'policy'],
  additive: false,
  level: 'organisation',
  maxSeries: 1_000,
  reads,
  everySeconds,
  sql: sql(...standing, 'rule_clean'),
});

export const ruleLastViolation = defineMetric({
  name: 'policy_rule_last_violation_timestamp_seconds',
  kind: 'state',
  help: 'When a violation of a policy was last opened or opened again, in seconds since 1970: the policies of the newest ones.',
  unit: 'timestamp_seconds',
  labels: ['engine', 'policy'],
  additive: false,
  level: 'organisation',
  maxSeries: 1_000,
  reads: ['finding_events', 'policy_settings'],
  sql: sql('rule_opened', 'rule_last_violation'),
});

export const ruleExceptions = defineMetric({
  name: 'policy_rule_exceptions',
  kind: 'state',
  help: 'Exceptions in force from a policy; one from all policies has policy "*". Policies beyond the setting top_policies are "other".',
  unit: 'count',
  labels: ['engine', 'policy', 'requirement'],
  additive: true,
  maxSeries: 1_000,
  reads: ['finding_exceptions', 'owners', 'policy_rules', 'policy_settings'],
  everySeconds,
  sql: sql(exceptionSpans, exceptionsAt, 'rule_exceptions'),
});

export const ruleMetrics = [
  ...[ruleViolations, ruleServices, ruleScopes, rules, ruleClean, ruleLastViolation, ruleExceptions],
] as const;
