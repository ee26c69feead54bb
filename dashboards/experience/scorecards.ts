import {
  scorecardEntities,
  scorecardLastEvaluation,
  scorecardMoves,
  scorecardOrganisationScoreRatio,
  scorecardScoreRatio,
  scorecardTeamScoreRatio,
} from '../../exporters/experience/metrics.ts';
import { details } from '../lib/dashboard.ts';
import { linksToTeam } from '../lib/links.ts';
import { lines, table } from '../lib/panels.ts';
import { age, latest, maxBy, or, sumBy, times } from '../lib/promql.ts';
import { ofTeams, wholeOrganisation } from './scope.ts';

const scorecard = ['scorecard'] as const;
const level = ['scorecard', 'rank', 'level'] as const;
const team = ['scorecard', 'team'] as const;
const moved = (direction: string) =>
  or(
    sumBy(team, latest(scorecardMoves, { ...ofTeams, window: '30d', direction })),
    times(sumBy(team, latest(scorecardMoves, { ...ofTeams, window: '30d' })), 0),
  );
const noScorecards = 'no scorecards are read';

/** What Cortex holds of services, for who uses it. */
export const scorecards = details(
  'Details: scorecards of Cortex',
  table({
    title: 'Scorecards',
    description: `How far are services on each scorecard? Points that its entities have of those that they could have, mean and median, and when any was evaluated last. ${wholeOrganisation}`,
    columns: [{ label: 'scorecard', title: 'Scorecard' }],
    values: [
      { title: 'Mean', query: maxBy(scorecard, latest(scorecardOrganisationScoreRatio, { statistic: 'mean' })) },
      { title: 'Median', query: maxBy(scorecard, latest(scorecardOrganisationScoreRatio, { statistic: 'median' })) },
      { title: 'Entities', query: sumBy(scorecard, latest(scorecardEntities)) },
      {
        title: 'Evaluated ago',
        query: age(maxBy(scorecard, latest(scorecardLastEvaluation))),
        unit: 'seconds',
      },
    ],
    sortedBy: 'Scorecard',
    whenEmpty: noScorecards,
    width: 12,
  }),
  table({
    title: 'Entities by level',
    description:
      'On which level do they stand? Entities of the chosen teams; rank 1 is the lowest level of a scorecard, none with rank 0 is below it.',
    columns: [
      { label: 'scorecard', title: 'Scorecard' },
      { label: 'rank', title: 'Rank' },
      { label: 'level', title: 'Level' },
    ],
    values: [{ title: 'Entities', query: sumBy(level, latest(scorecardEntities, ofTeams)) }],
    sortedBy: 'Scorecard',
    whenEmpty: noScorecards,
    width: 12,
  }),
  table({
    title: 'Teams and their scorecards',
    description:
      'Do they get better? The mean score of a team, and how many of its entities stand on a higher, a lower or the same level as 30 days before. Teams have other services: compare one with its own past.',
    columns: [
      { label: 'team', title: 'Team', links: linksToTeam('Team', { currency: false }) },
      { label: 'scorecard', title: 'Scorecard' },
    ],
    values: [
      {
        title: 'Mean',
        query: maxBy(team, latest(scorecardTeamScoreRatio, { ...ofTeams, statistic: 'mean' })),
      },
      { title: 'Up', query: moved('up') },
      { title: 'Down', query: moved('down') },
      { title: 'Same', query: moved('same') },
    ],
    sortedBy: 'Team',
    whenEmpty: noScorecards,
    compact: true,
    width: 12,
  }),
  table({
    title: 'Furthest behind',
    description: 'Where to begin? The services of the chosen teams that lack most of the points of a scorecard.',
    columns: [
      { label: 'service', title: 'Service' },
      { label: 'team', title: 'Team', links: linksToTeam('Team', { currency: false }) },
      { label: 'scorecard', title: 'Scorecard' },
    ],
    values: [
      {
        title: 'Score',
        query: maxBy(['service', 'team', 'scorecard'], latest(scorecardScoreRatio, ofTeams)),
      },
    ],
    first: 'least',
    whenEmpty: noScorecards,
    width: 12,
  }),
  lines({
    title: 'Mean scores over time',
    description: `Do scorecards fill? The mean over all entities. ${wholeOrganisation}`,
    queries: [
      {
        query: maxBy(scorecard, latest(scorecardOrganisationScoreRatio, { statistic: 'mean' })),
        name: '{{scorecard}}',
      },
    ],
    whenEmpty: noScorecards,
    width: 24,
  }),
);
