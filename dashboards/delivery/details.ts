import {
  deploymentRanges,
  excludedChanges,
  failedBeforeChangeDeployments,
  pipelineRuns,
  unmatchedIncidents,
} from '../../exporters/dora/metrics.ts';
import { details } from '../lib/dashboard.ts';
import { days, ranking } from '../lib/panels.ts';
import { compare, dayIncrease, latest, sumBy } from '../lib/promql.ts';
import { deployingTeams } from '../variables.ts';
import { chosenPeriod, period } from './scope.ts';
import { basisWords, exclusionWords, unmatchedWords } from './words.ts';

/** What no number above counts, and why. */
export const excluded = details(
  'Details: what was left out, and why',
  ranking({
    title: 'Changes without a lead time',
    description:
      'Which commits reached production in the period and are in no quantile? Merges, bots, dates after the deployment, and what had been in production before.',
    query: compare(sumBy(['reason'], latest(excludedChanges, chosenPeriod)), '>', 0),
    name: '{{reason}}',
    words: exclusionWords,
    whenEmpty: 'none',
    width: 6,
    height: 8,
  }),
  ranking({
    title: 'How changes were found',
    description:
      'Do lead times cover our deployments? Only those whose range of commits is known have any; the others say why not.',
    query: compare(sumBy(['basis'], latest(deploymentRanges, chosenPeriod)), '>', 0),
    name: '{{basis}}',
    words: basisWords,
    width: 6,
    height: 8,
  }),
  ranking({
    title: 'Incidents of no deployment',
    description:
      'Which incidents of the period count for no deployment, and why? They are never given to whatever happened to be deployed last.',
    query: compare(sumBy(['reason'], latest(unmatchedIncidents, { ...period, team: deployingTeams })), '>', 0),
    name: '{{reason}}',
    words: unmatchedWords,
    whenEmpty: 'all match',
    width: 6,
    height: 8,
  }),
  ranking({
    title: 'Failed before production',
    description: 'Which deployments failed without harm? They are no failures, and in no rate.',
    query: compare(sumBy(['service'], latest(failedBeforeChangeDeployments, chosenPeriod)), '>', 0),
    name: '{{service}}',
    whenEmpty: 'none',
    width: 6,
    height: 8,
  }),
);

/** CI behind it. */
export const pipelines = details(
  'Details: pipelines',
  days({
    title: 'Pipeline runs by day',
    description: 'Do pipelines succeed? Runs of CI pipelines that finished on each day, each attempt a run.',
    queries: [{ query: sumBy(['outcome'], dayIncrease(pipelineRuns, { team: deployingTeams })), name: '{{outcome}}' }],
    whenEmpty: 'no source tells of pipelines',
    width: 24,
    height: 8,
  }),
);
