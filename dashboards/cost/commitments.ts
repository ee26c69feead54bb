import { commitmentCoverage, commitmentUtilisation, unusedCommitment } from '../../exporters/cost/metrics.ts';
import { details } from '../lib/dashboard.ts';
import { ranking, stat, table } from '../lib/panels.ts';
import { latest, maxBy, sum, sumBy } from '../lib/promql.ts';
import { currency } from '../variables.ts';

const of = { currency };
const labels = ['provider', 'commitment'] as const;
const none = 'no commitments on the bill';

/** Reservations and savings plans of the last 30 days. */
export const commitments = details(
  'Details: commitments',
  stat({
    title: 'Unused ($currency)',
    description: 'How much was paid for commitments that nothing used? Effective cost of the last 30 complete days.',
    query: sum(latest(unusedCommitment, of)),
    whenEmpty: none,
    decimals: 0,
  }),
  table({
    title: 'Commitments ($currency)',
    description:
      'Which commitments are wasted? The unused part in money, and used over all effective cost, of the last 30 days.',
    columns: [
      { label: 'provider', title: 'Provider', width: 110 },
      { label: 'commitment', title: 'Commitment' },
    ],
    values: [
      { title: 'Unused', query: sumBy(labels, latest(unusedCommitment, of)) },
      { title: 'Utilisation', query: maxBy(labels, latest(commitmentUtilisation, of)) },
    ],
    whenEmpty: none,
    width: 10,
  }),
  ranking({
    title: 'Coverage by category',
    description:
      'How much of usage do commitments cover, where could they cover more? Share of contracted cost of the last 30 days.',
    query: maxBy(['provider', 'service_category'], latest(commitmentCoverage, of)),
    name: '{{provider}}: {{service_category}}',
    whenEmpty: none,
    width: 10,
  }),
);
