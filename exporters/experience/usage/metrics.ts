/** The families of usage. */
import { readFileSync } from 'node:fs';
import { defineMetric, type Metric, type Unit } from '../../core/metric.ts';

const sql = (file: string) => readFileSync(new URL(`./metrics/${file}.sql`, import.meta.url), 'utf8').trimEnd();

/** A label without the namespace that is meant where none is written. */
const templateName = "regexp_replace(label, '^template:(default/)?', '')";

const counted = (family: string, labels: readonly string[], label = 'label') =>
  sql('counted')
    .replace('{family}', family)
    .replace('{label}', label)
    .replace('{labels}', labels.map((name, index) => `${index === 0 ? 'label' : 'other_label'} AS ${name}`).join(', '));

const count = <const Name extends string, const Label extends string>(
  name: Name,
  definition: {
    readonly help: string;
    readonly labels: readonly Label[];
    readonly maxSeries: number;
    readonly sql: string;
  },
): Metric<Name, 'count', Label, true> =>
  defineMetric({ name, kind: 'count', unit: 'count', additive: true, reads: ['usage_counts'], ...definition });

export const usageEvents = count('devex_usage_events_total', {
  help: 'What people did in the portal, by the first declared feature that it belongs to; undeclared use has none.',
  labels: ['action', 'feature'],
  maxSeries: 1_000,
  sql: counted('event', ['action', 'feature']),
});

export const undeclaredEvents = count('devex_undeclared_events_total', {
  help: 'What people did in the portal that belongs to no declared feature, by plug-in; of the first 50, and other.',
  labels: ['plugin'],
  maxSeries: 51,
  sql: counted('undeclared', ['plugin']),
});

export const searches = count('devex_searches_total', {
  help: 'Searches in the portal by their result: found, none, or unknown where the portal does not say it.',
  labels: ['result'],
  maxSeries: 3,
  sql: counted('search', ['result']),
});

export const documentationViews = count('devex_documentation_views_total', {
  help: 'Pages of documentation that were read, by the team and service that the documentation is of, not by readers.',
  labels: ['team', 'service'],
  maxSeries: 1_000,
  sql: counted('view', ['team', 'service']),
});

export const templateTasksStarted = count('devex_template_tasks_started_total', {
  help: 'Tasks of templates that were begun; of the first 100 templates, and other.',
  labels: ['template'],
  maxSeries: 101,
  sql: counted('task', ['template'], templateName),
});

const template = "regexp_replace(template, '^template:(default/)?', '') AS template";
const tasksRead = ['usage_tasks', 'usage_settings'] as const;

export const templateTasks = defineMetric({
  name: 'devex_template_tasks',
  kind: 'state',
  help: 'Tasks of templates begun in the last 7, 30 and 90 days, by what came of them.',
  unit: 'count',
  labels: ['template', 'status', 'window'],
  additive: true,
  maxSeries: 1_500,
  reads: tasksRead,
  sql: `${sql('tasks')}
SELECT ts, ${template}, status, "window", count(*) AS value FROM tasks GROUP BY ALL`,
});

const succeededBy = (keys: string) => `${keys}, count(*) FILTER (status = 'completed') / count(*) AS value
FROM tasks CROSS JOIN limits
WHERE status IN ('completed', 'failed')
GROUP BY ${keys.replace(' AS template', '')}, least HAVING count(*) >= least`;

export const templateSuccess = defineMetric({
  name: 'devex_template_success_ratio',
  kind: 'state',
  help: 'How many of the tasks of a template that came to their end were completed, of those begun in the last 7, 30 and 90 days; absent below privacy.minimum_group.',
  unit: 'ratio',
  labels: ['template', 'window'],
  additive: false,
  level: 'organisation',
  maxSeries: 303,
  reads: tasksRead,
  sql: `${sql('tasks')}
SELECT ${succeededBy(`ts, ${template}, "window"`)}`,
});

export const organisationTemplateSuccess = defineMetric({
  name: 'devex_organisation_template_success_ratio',
  kind: 'state',
  help: 'How many of the tasks of all templates that came to their end were completed, of those begun in the last 7, 30 and 90 days; absent below privacy.minimum_group.',
  unit: 'ratio',
  labels: ['window'],
  additive: false,
  level: 'organisation',
  maxSeries: 3,
  reads: tasksRead,
  sql: `${sql('tasks')}
SELECT ${succeededBy('ts, "window"')}`,
});

export const templateDuration = defineMetric({
  name: 'devex_template_duration_seconds',
  kind: 'state',
  help: 'Exact quantiles of how long completed tasks of a template took, of those begun in the last 7, 30 and 90 days; absent below privacy.minimum_group.',
  unit: 'seconds',
  labels: ['template', 'window', 'statistic'],
  additive: false,
  level: 'organisation',
  maxSeries: 909,
  instantsAtOnce: 100,
  reads: tasksRead,
  sql: `${sql('tasks')}
SELECT ts, ${template}, "window", unnest(['p50', 'p75', 'p90']) AS statistic, unnest(quantiles) AS value
FROM (
  SELECT ts, template, "window", quantile_cont(seconds, [0.5, 0.75, 0.9]) AS quantiles
  FROM tasks CROSS JOIN limits WHERE status = 'completed'
  GROUP BY ts, template, "window", least HAVING count(*) >= least
)`,
});

interface Released<Label extends string> {
  readonly measure: string;
  readonly help: string;
  readonly unit: Unit;
  readonly labels: readonly Label[];
  readonly maxSeries: number;
}

const windows = 'in a week (7d) or four weeks (28d) that are over';

/** What is published of windows that are over (release/index.ts), at the level that its name says. */
function released<const Name extends string, const Label extends string>(
  name: Name,
  { measure, labels, ...definition }: Released<Label>,
): Metric<Name, 'state', Label, false> {
  const has = (label: string) => labels.some(own => own === label);
  const level = [`team ${has('team') ? '<>' : '='} ''`, `feature ${has('feature') ? '<>' : '='} ''`].join(' AND ');
  return defineMetric({
    ...{ name, kind: 'state', additive: false, level: has('team') ? 'team' : 'organisation', labels, ...definition },
    reads: ['usage_results'],
    everySeconds: 3600,
    sql: sql('released')
      .replace('{labels}', labels.map(label => (label === 'window' ? '"window"' : label)).join(', '))
      .replace('{value}', measure === 'release' ? 'epoch(period_end)' : 'r.value')
      .replace('{measure}', measure)
      .replace('{level}', level),
  } as const);
}

export const activeUsers = released('devex_organisation_active_users', {
  measure: 'active_users',
  help: `People who used the portal ${windows}; absent below privacy.minimum_group.`,
  unit: 'count',
  labels: ['window'],
  maxSeries: 2,
});

export const featureActiveUsers = released('devex_feature_active_users', {
  measure: 'active_users',
  help: `People who used a feature ${windows}; absent below privacy.minimum_group.`,
  unit: 'count',
  labels: ['feature', 'window'],
  maxSeries: 400,
});

export const teamActiveUsers = released('devex_team_active_users', {
  measure: 'active_users',
  help: `People of a team who used the portal ${windows}; absent below privacy.minimum_group, where all of the team did, and where another team's could be worked out.`,
  unit: 'count',
  labels: ['team', 'window'],
  maxSeries: 2_000,
});

export const newUsers = released('devex_organisation_new_users', {
  measure: 'new_users',
  help: `People who first used the portal ${windows}, as far back as days are kept; absent below privacy.minimum_group.`,
  unit: 'count',
  labels: ['window'],
  maxSeries: 2,
});

export const activeTeams = released('devex_organisation_active_teams', {
  measure: 'active_teams',
  help: `Teams of which somebody used the portal ${windows}.`,
  unit: 'count',
  labels: ['window'],
  maxSeries: 2,
});

export const featureActiveTeams = released('devex_feature_active_teams', {
  measure: 'active_teams',
  help: `Teams of which somebody used a feature ${windows}; 0 where none did.`,
  unit: 'count',
  labels: ['feature', 'window'],
  maxSeries: 400,
});

export const adoption = released('devex_organisation_adoption_ratio', {
  measure: 'adoption',
  help: `Share of the catalog's teams that have people of which somebody used the portal ${windows}.`,
  unit: 'ratio',
  labels: ['window'],
  maxSeries: 2,
});

export const featureAdoption = released('devex_feature_adoption_ratio', {
  measure: 'adoption',
  help: `Share of the catalog's teams that have people of which somebody used a feature ${windows}.`,
  unit: 'ratio',
  labels: ['feature', 'window'],
  maxSeries: 400,
});

export const teamFeatureUsed = released('devex_team_feature_used', {
  measure: 'team_used',
  help: `Is 1 where somebody of a team used a feature ${windows}, else 0; of teams of privacy.minimum_group people or more.`,
  unit: 'count',
  labels: ['team', 'feature', 'window'],
  maxSeries: 40_000,
});

export const featureUsed = released('devex_feature_used', {
  measure: 'used',
  help: `Is 1 where anybody used a declared feature ${windows}, else 0.`,
  unit: 'count',
  labels: ['feature', 'window'],
  maxSeries: 400,
});

export const retention = released('devex_organisation_retention_ratio', {
  measure: 'retention',
  help: 'Of those who used the portal in the week (7d) or the four weeks (28d) before, how many did in the next; absent where fewer than privacy.minimum_group did.',
  unit: 'ratio',
  labels: ['window'],
  maxSeries: 2,
});

export const featureRetention = released('devex_feature_retention_ratio', {
  measure: 'retention',
  help: 'Of those who used a feature in the week (7d) or the four weeks (28d) before, how many did in the next; absent where fewer than privacy.minimum_group did.',
  unit: 'ratio',
  labels: ['feature', 'window'],
  maxSeries: 400,
});

const begun = 'Of those who first used a golden path in four weeks and were watched for four more';

export const firstSuccess = released('devex_golden_path_first_success_seconds', {
  measure: 'first_success',
  help: `${begun}, the median time to their first success (Kaplan-Meier, with who had none yet as censored); absent where fewer than half had one.`,
  unit: 'seconds',
  labels: ['feature'],
  maxSeries: 200,
});

export const goldenPathUsers = released('devex_golden_path_new_users', {
  measure: 'golden_path_users',
  help: `${begun}, how many they are: the n of the median. Absent below privacy.minimum_group.`,
  unit: 'count',
  labels: ['feature'],
  maxSeries: 200,
});

export const goldenPathSuccess = released('devex_golden_path_success_ratio', {
  measure: 'golden_path_success',
  help: `${begun}, how many had a success.`,
  unit: 'ratio',
  labels: ['feature'],
  maxSeries: 200,
});

export const usagePeriodEnd = released('devex_usage_period_end_timestamp_seconds', {
  measure: 'release',
  help: 'The end of the newest week (7d) and four weeks (28d) that people are counted over.',
  unit: 'timestamp_seconds',
  labels: ['window'],
  maxSeries: 2,
});

export const usageMetrics = [
  ...[usageEvents, undeclaredEvents, searches, documentationViews, templateTasksStarted],
  ...[templateTasks, templateSuccess, organisationTemplateSuccess, templateDuration],
  ...[activeUsers, featureActiveUsers, teamActiveUsers, newUsers, activeTeams, featureActiveTeams],
  ...[adoption, featureAdoption, teamFeatureUsed, featureUsed, retention, featureRetention],
  ...[firstSuccess, goldenPathUsers, goldenPathSuccess, usagePeriodEnd],
] as const;
