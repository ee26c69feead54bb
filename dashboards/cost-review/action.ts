import {
  estimateAccuracy,
  restatedSinceFirstSeen,
  teamUntaggedRatio,
  unusedCommitment,
} from '../../exporters/cost/metrics.ts';
import { clustersTable } from '../common/clusters.ts';
import { estimatesTable } from '../common/estimates.ts';
import { row } from '../lib/dashboard.ts';
import { ranking, table } from '../lib/panels.ts';
import { latest, maxBy, sumBy } from '../lib/promql.ts';
import { untaggedShares } from '../thresholds.ts';
import { currency, teams } from '../variables.ts';
import { budgets, toTeam } from './scope.ts';

const commitment = ['provider', 'commitment'] as const;
const restatedOf = (direction: string) =>
  sumBy(
    ['provider'],
    latest(restatedSinceFirstSeen, { currency, cost_basis: 'effective', months_ago: '1', direction }),
  );

/** What a review decides on. */
export const decided = row(
  'What is to be done?',
  clustersTable({ width: 16, height: 6 }),
  table({
    title: 'Restated since first seen, of last month ($currency)',
    description: 'Whose bill changed last month after the fact? Both directions are positive.',
    columns: [{ label: 'provider', title: 'Provider' }],
    values: [
      { title: 'Up', query: restatedOf('up') },
      { title: 'Down', query: restatedOf('down') },
    ],
    width: 8,
    height: 6,
  }),
  table({
    title: 'Unused commitments in 30 days ($currency)',
    description: 'Which reservations and savings plans are paid for and not used?',
    columns: [
      { label: 'provider', title: 'Provider', width: 90 },
      { label: 'commitment', title: 'Commitment' },
    ],
    values: [{ title: 'Unused', query: sumBy(commitment, latest(unusedCommitment, { currency })) }],
    whenEmpty: 'no commitments on the bill',
    width: 8,
  }),
  ranking({
    title: 'How near estimates came',
    description:
      'Whose estimates can be trusted? 1 less the sum of errors over the larger of estimate and actual change, of pull requests merged in the last 90 days.',
    query: maxBy(['team', 'service'], latest(estimateAccuracy, { team: teams })),
    name: '{{team}}: {{service}}',
    whenEmpty: 'nothing measured yet',
    width: 8,
  }),
  table({
    title: 'Untagged share by team',
    description:
      "Who should tag first? Share of a team's effective cost of the last 30 days that could carry a tag and carries none that a rule reads.",
    columns: [{ label: 'team', title: 'Team', links: toTeam }],
    values: [
      { title: 'Untagged', query: maxBy(['team'], latest(teamUntaggedRatio, budgets)), thresholds: untaggedShares },
    ],
    width: 8,
  }),
  estimatesTable({ team: teams }, { links: toTeam, width: 24 }),
);
