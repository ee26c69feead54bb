import {
  nps,
  npsChange,
  npsChangeDirection,
  npsChangeInterval,
  npsInterval,
  npsResponses,
  npsShare,
} from '../../exporters/experience/metrics.ts';
import { row } from '../lib/dashboard.ts';
import { linksToTeam } from '../lib/links.ts';
import { lines, table } from '../lib/panels.ts';
import { latest, maxBy } from '../lib/promql.ts';
import { npsOf, ofSurvey, ofTeams } from './scope.ts';
import { aboutWords, directionTexts, tooFew, whyAbsent } from './words.ts';

const question = ['question', 'about'] as const;
const lower = { ...ofSurvey, bound: 'lower' } as const;
const upper = { ...ofSurvey, bound: 'upper' } as const;
const ofTeamsNps = { ...npsOf, ...ofTeams };
const team = ['team'] as const;

/** How NPS has moved from wave to wave, and whose it may be told. */
export const recommend = row(
  'Does that move?',
  lines({
    title: 'NPS with its 95 % interval',
    description: `Does it rise, or does it only waver? Where the bands of two waves overlap widely, do not read a change into them. It steps where a wave is released, and ends two cadences after the last. ${whyAbsent}`,
    queries: [
      { query: maxBy([], latest(nps.organisation, npsOf)), name: 'NPS' },
      { query: maxBy(['bound'], latest(npsInterval.organisation, npsOf)), name: '{{bound}}' },
    ],
    between: ['lower', 'upper'],
    tellsZeros: true,
    whenEmpty: tooFew,
    width: 12,
  }),
  lines({
    title: 'Promoters, passives, detractors',
    description: 'Who makes it move? An NPS of 0 is half against half, or everybody without an opinion.',
    queries: [{ query: maxBy(['answer'], latest(npsShare.organisation, npsOf)), name: '{{answer}}' }],
    words: { promoter: 'promoters (9, 10)', passive: 'passives (7, 8)', detractor: 'detractors (0 to 6)' },
    whenEmpty: tooFew,
    width: 12,
  }),
  table({
    title: 'All such questions of the survey',
    description: `What would they recommend, and how sure is that? NPS of the platform and its parts, and eNPS, each with its 95 % interval and n, and its change since the wave before with the interval of that. ${whyAbsent}`,
    columns: [
      { label: 'question', title: 'Question' },
      { label: 'about', title: 'About', words: aboutWords },
    ],
    values: [
      { title: 'NPS', query: maxBy(question, latest(nps.organisation, ofSurvey)) },
      { title: 'From', query: maxBy(question, latest(npsInterval.organisation, lower)) },
      { title: 'To', query: maxBy(question, latest(npsInterval.organisation, upper)) },
      { title: 'n', query: maxBy(question, latest(npsResponses.organisation, ofSurvey)) },
      { title: 'Change', query: maxBy(question, latest(npsChange.organisation, ofSurvey)) },
      { title: 'Change from', query: maxBy(question, latest(npsChangeInterval.organisation, lower)) },
      { title: 'Change to', query: maxBy(question, latest(npsChangeInterval.organisation, upper)) },
      {
        title: 'Change is',
        query: maxBy(question, latest(npsChangeDirection.organisation, ofSurvey)),
        texts: directionTexts,
      },
    ],
    sortedBy: 'Question',
    whenEmpty: tooFew,
    compact: true,
    width: 24,
    height: 6,
  }),
  table({
    title: 'NPS of the teams that may be told',
    description: `Who says what? Teams stand in the order of their names: with so few answers each, most differences between them are chance, as the intervals show. ${whyAbsent}`,
    columns: [{ label: 'team', title: 'Team', links: linksToTeam('Team', { currency: false }) }],
    values: [
      { title: 'NPS', query: maxBy(team, latest(nps.team, ofTeamsNps)) },
      { title: 'From', query: maxBy(team, latest(npsInterval.team, { ...ofTeamsNps, bound: 'lower' })) },
      { title: 'To', query: maxBy(team, latest(npsInterval.team, { ...ofTeamsNps, bound: 'upper' })) },
      { title: 'n', query: maxBy(team, latest(npsResponses.team, ofTeamsNps)) },
      {
        title: 'Change is',
        query: maxBy(team, latest(npsChangeDirection.team, ofTeamsNps)),
        texts: directionTexts,
      },
    ],
    sortedBy: 'Team',
    whenEmpty: tooFew,
    compact: true,
    width: 12,
  }),
  lines({
    title: 'NPS and eNPS by question',
    description: `Which part moves? All such questions of the survey, of the platform and of the employer; the table above has their intervals. ${whyAbsent}`,
    queries: [{ query: maxBy(['question'], latest(nps.organisation, ofSurvey)), name: '{{question}}' }],
    tellsZeros: true,
    whenEmpty: tooFew,
    width: 12,
  }),
);
