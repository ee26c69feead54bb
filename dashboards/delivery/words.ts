/** Words for the values of labels, as the pages about delivery show them; the metrics' help says what each is. */

/** Of `metric`. */
export const metricWords = {
  change_lead_time: 'Change lead time',
  deployment_frequency: 'Deployment frequency',
  change_fail_rate: 'Change fail rate',
  failed_deployment_recovery_time: 'Recovery time',
  deployment_rework_rate: 'Rework rate',
  throughput: 'Throughput',
  stability: 'Stability',
  overall: 'Overall',
} as const;

/** Of `reason`, of changes without a lead time. */
export const exclusionWords = {
  bot: 'by a bot',
  after_deployment: 'dated after the deployment',
  deployed_before: 'deployed before',
} as const;

/** Of `basis`, of how a deployment's changes were found. */
export const basisWords = {
  range: 'known',
  first: 'nothing before it',
  no_sha: 'names no commit',
  unknown_commit: 'unknown commit',
  capped: 'after a long pause',
} as const;

/** Of `reason`, of incidents that are linked to no deployment. */
export const unmatchedWords = {
  no_service: 'names no service',
  no_deployment: 'none in time',
  unknown_deployment: 'unknown deployment',
  unknown_commit: 'unknown commit',
  not_production: 'not production',
} as const;

/** Of `reason`, of failures and of repairs. */
export const repairWords = {
  failed_deployment: 'failed, then fixed',
  cherry_pick: 'cherry-pick',
} as const;
