import { changeLeadTimeQuantile, pullRequestStageQuantile } from '../../exporters/dora/metrics.ts';
import { row } from '../lib/dashboard.ts';
import { lines } from '../lib/panels.ts';
import { and, compare, countBy, latest, maxBy, or, times } from '../lib/promql.ts';
import { chosen, lead, period, wholeOrganisation } from './scope.ts';

const day = 86_400;
const services = maxBy(
  ['team', 'service', 'environment'],
  latest(changeLeadTimeQuantile.service, { ...chosen, ...period, ...lead, percentile: 'p50' }),
);
/** How many are within a span; 0 where none is, as long as any is measured. */
const count = (within: typeof services) => or(countBy([], within), times(countBy([], services), 0));
const between = (from: number, below: number) =>
  count(and(compare(services, '>=', from), compare(services, '<', below)));

/** Where the time goes, and how different services are. */
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
    width: 12,
    height: 12,
  }),
  lines({
    title: 'Services by their median lead time',
    description:
      'How different are services? How many of the chosen teams have a median lead time of the period within each span; a service with too few changes is in none.',
    queries: [
      { query: between(0, day), name: 'under a day' },
      { query: between(day, 7 * day), name: 'a day to a week' },
      { query: between(7 * day, 30 * day), name: 'a week to a month' },
      { query: count(compare(services, '>=', 30 * day)), name: 'over a month' },
    ],
    whenEmpty: 'too few changes',
    width: 12,
    height: 12,
  }),
);
