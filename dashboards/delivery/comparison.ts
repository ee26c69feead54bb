import {
  changeFailRatio,
  changeLeadTimeQuantile,
  deployments,
  externalChangeFailRatio,
  externalChangeLeadTime,
  externalDeployments,
  organisationPerformanceBand,
  organisationQuickCheckScore,
  quickCheckBenchmarkScore,
} from '../../exporters/dora/metrics.ts';
import { details } from '../lib/dashboard.ts';
import { table } from '../lib/panels.ts';
import { compare, joinOn, latest, maxBy, minus, or, type Query, sum, sumBy, times } from '../lib/promql.ts';
import { deployingTeams } from '../variables.ts';
import { lead, period, wholeOrganisation } from './scope.ts';
import { metricWords } from './words.ts';

const scores = maxBy(['metric'], latest(organisationQuickCheckScore));
const benchmark = maxBy(['metric'], latest(quickCheckBenchmarkScore, { industry: 'all', year: '2025' }));

/** DORA's own yardsticks, each with the year it is of: something to talk about, no goal. */
export const benchmarks = details(
  "Details: DORA's yardsticks, by year",
  table({
    title: 'Quick Check scores against the 2025 benchmark',
    description: `How would DORA's Quick Check score what we measured? 0 to 10 for each metric, from the last 90 days, beside the mean of all industries that answered in 2025. People answer a survey; this is measured. ${wholeOrganisation}`,
    columns: [{ label: 'metric', title: 'Metric', words: metricWords }],
    values: [
      { title: 'Score', query: scores, unit: 'score' },
      { title: 'Benchmark 2025', query: benchmark, unit: 'score' },
    ],
    whenEmpty: 'too little to score',
    width: 12,
    height: 11,
  }),
  table({
    title: 'Bands of the reports of 2021 and 2023',
    description: `Which band of a report would each metric be in? The reports of 2024 and 2025 have no bands that can be ordered. A band is of its year, and of a metric, never of a team. ${wholeOrganisation}`,
    columns: [
      { label: 'metric', title: 'Metric', words: metricWords },
      { label: 'year', title: 'Year' },
      { label: 'band', title: 'Band' },
    ],
    values: [
      {
        title: 'In it',
        query: compare(maxBy(['metric', 'year', 'band'], latest(organisationPerformanceBand)), '==', 1),
        texts: { 1: { text: 'yes', is: 'neutral' } },
      },
    ],
    sortedBy: 'Metric',
    whenEmpty: 'too little to tell',
    width: 12,
    height: 11,
  }),
);

const tool = ['tool', 'team'] as const;
const ofTeams = { ...period, team: deployingTeams, service: '' } as const;
const theirs = {
  lead: or(
    maxBy(tool, latest(externalChangeLeadTime, { ...ofTeams, statistic: 'p50' })),
    maxBy(tool, latest(externalChangeLeadTime, { ...ofTeams, statistic: 'mean' })),
  ),
  deployed: maxBy(tool, latest(externalDeployments, ofTeams)),
  failed: maxBy(tool, latest(externalChangeFailRatio, ofTeams)),
};
const p50 = { ...period, ...lead, percentile: 'p50' } as const;
const successes = { ...period, outcome: 'success' } as const;
/** By team, and without one of the whole organisation. */
const ours = {
  lead: or(
    maxBy(['team'], latest(changeLeadTimeQuantile.team, { ...p50, team: deployingTeams })),
    maxBy([], latest(changeLeadTimeQuantile.organisation, p50)),
  ),
  deployed: or(
    sumBy(['team'], latest(deployments, { ...successes, team: deployingTeams })),
    sum(latest(deployments, successes)),
  ),
  failed: or(
    maxBy(['team'], latest(changeFailRatio.team, { ...period, team: deployingTeams })),
    maxBy([], latest(changeFailRatio.organisation, period)),
  ),
};
/** Ours with the tool it is held against, so that both stand in one row. */
const beside = (own: Query<'team'>, other: Query<'tool' | 'team'>) => joinOn(['team'], times(other, 0), '+', own);

/** What other tools say of the same teams, for who compares before moving. */
export const otherTools = details(
  'Details: what other tools compute',
  table({
    title: 'Other tools against ours, by team',
    description:
      "Does another tool tell the same? Its lead time (median, else mean), deployments and fail rate of the period, and the difference of each to ours. Definitions differ: LinearB's cycle time starts at the first commit of a branch, and a mean is drawn up by the slowest.",
    columns: [
      { label: 'tool', title: 'Tool' },
      { label: 'team', title: 'Team', words: { '': 'whole organisation' } },
    ],
    values: [
      { title: 'Their lead time', query: theirs.lead },
      { title: 'Our lead time', query: beside(ours.lead, theirs.lead) },
      { title: 'Lead time apart', query: minus(theirs.lead, beside(ours.lead, theirs.lead)) },
      { title: 'Their deploys', query: theirs.deployed },
      { title: 'Deploys apart', query: minus(theirs.deployed, beside(ours.deployed, theirs.deployed)) },
      { title: 'Their fail rate', query: theirs.failed },
      { title: 'Fail rate apart', query: minus(theirs.failed, beside(ours.failed, theirs.failed)) },
    ],
    whenEmpty: 'no other tool is read',
    width: 24,
    height: 10,
  }),
);
