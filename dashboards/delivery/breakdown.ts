import {
  changeLeadTimeQuantile,
  failedDeployments,
  pullRequestStageQuantile,
  reworkDeployments,
} from '../../exporters/dora/metrics.ts';
import { row } from '../lib/dashboard.ts';
import { lines, ranking } from '../lib/panels.ts';
import { and, compare, countBy, latest, maxBy, sumBy } from '../lib/promql.ts';
import { chosen, chosenPeriod, lead, period, wholeOrganisation } from './scope.ts';

const day = 86_400;
const services = maxBy(
  ['team', 'service', 'environment'],
  latest(changeLeadTimeQuantile.service, { ...chosen, ...period, ...lead, percentile: 'p50' }),
);
const between = (from: number, below: number) =>
  countBy([], and(compare(services, '>=', from), compare(services, '<', below)));

/** Where the time goes, how different services are, and what kind of failures there were. */
export const breakdown = row(
  'Where does the time go?',
  lines({
    title: 'Stages of pull requests, median',
    description: `Where do changes wait? First commit to opened or ready, to the last approval, to the merge, to production. Medians of stages don't sum to the total's. ${wholeOrganisation}`,
    queries: [
      {
        query: maxBy(['stage'], latest(pullRequestStageQuantile.organisation, { ...period, percentile: 'p50' })),
        name: '{{stage}}',
      },
    ],
    whenEmpty: 'too few pull requests',
    width: 8,
  }),
  lines({
    title: 'Services by their median lead time',
    description:
      'How different are services? How many of the chosen teams have a median lead time of the period within each span; a service with too few changes is in none.',
    queries: [
      { query: between(0, day), name: 'under a day' },
      { query: between(day, 7 * day), name: 'a day to a week' },
      { query: between(7 * day, 30 * day), name: 'a week to a month' },
      { query: countBy([], compare(services, '>=', 30 * day)), name: 'over a month' },
    ],
    whenEmpty: 'too few changes',
    width: 8,
  }),
  ranking({
    title: 'Why deployments failed',
    description: 'What tells that they failed? Failed deployments of the chosen teams in the period, by the rule.',
    query: sumBy(['reason'], latest(failedDeployments, chosenPeriod)),
    name: '{{reason}}',
    whenEmpty: 'none failed',
    width: 4,
  }),
  ranking({
    title: 'What repaired production',
    description: 'What kind of repair were they? Unplanned deployments of the period because of an incident.',
    query: sumBy(['reason'], latest(reworkDeployments, chosenPeriod)),
    name: '{{reason}}',
    whenEmpty: 'none',
    width: 4,
  }),
);
