import {
  adoption,
  dimensionChangeDirection,
  dimensionResponses,
  dimensionScore,
  dimensionScoreInterval,
  featureAdoption,
  nps,
  npsChangeDirection,
  npsInterval,
  npsResponses,
  surveyResponseRate,
  teamActiveUsers,
  teamFeatureUsed,
} from '../../exporters/experience/metrics.ts';
import { aboutWords, dimensionWords, directionTexts, tooFew, tooFewUsed, usedTexts } from '../experience/words.ts';
import { row } from '../lib/dashboard.ts';
import { lines, stat, table } from '../lib/panels.ts';
import { andOn, compare, countBy, joinOn, latest, maxBy, times } from '../lib/promql.ts';
import { team } from '../variables.ts';

const mine = { team } as const;
const lower = { team, bound: 'lower' } as const;
const upper = { team, bound: 'upper' } as const;
const fourWeeks = { team, window: '28d' } as const;
const absent =
  'Absent, and never 0, where fewer than k of the team answered (privacy.minimum_group, 5 unless set) or all alike, where a smaller team would follow from it, and two cadences after the wave.';

const question = ['survey', 'question', 'about'] as const;
const dimension = ['survey', 'dimension'] as const;
const feature = ['feature'] as const;
const ownNps = maxBy(question, latest(nps.team, mine));
const ownScore = maxBy(dimension, latest(dimensionScore.team, mine));
const ownUse = maxBy(feature, latest(teamFeatureUsed, fourWeeks));
const told = { width: 4, height: 4 } as const;

/** What the team says where that may be told, beside the whole organisation, and what it uses. */
export const experience = row(
  'Experience of $team, where k of it answered',
  stat({
    title: 'Platform NPS',
    description: `Would the team recommend the platform? Its NPS in the newest wave of each question about the platform: read it with interval and n below. ${absent}`,
    query: maxBy(['survey', 'question'], latest(nps.team, { ...mine, about: 'platform' })),
    name: '{{question}}',
    whenEmpty: tooFew,
    ...told,
  }),
  stat({
    title: 'Since last wave',
    description: 'Has that changed, or is it chance? With few answers most changes are not significant.',
    query: maxBy(['survey', 'question'], latest(npsChangeDirection.team, { ...mine, about: 'platform' })),
    name: '{{question}}',
    texts: directionTexts,
    whenEmpty: tooFew,
    ...told,
  }),
  stat({
    title: 'Response rate',
    description: `How many of the team took part? ${absent}`,
    query: maxBy(['survey'], latest(surveyResponseRate.team, mine)),
    name: '{{survey}}',
    whenEmpty: tooFew,
    ...told,
  }),
  stat({
    title: 'Active people, 4 w',
    description:
      'How many of the team used the portal? Absent, and never 0, where fewer than k did or all of them, and where another team would follow from it.',
    query: maxBy([], latest(teamActiveUsers, fourWeeks)),
    whenEmpty: tooFewUsed,
    ...told,
  }),
  stat({
    title: 'Features, 4 weeks',
    description: 'How many of the declared features did somebody of the team use? Told of teams of k people or more.',
    query: countBy([], compare(ownUse, '==', 1)),
    whenEmpty: 'none, or the team is too small to be told of',
    ...told,
  }),
  stat({
    title: 'Adoption overall',
    description: "How many of the catalog's teams use the portal at all? To see the team beside.",
    query: maxBy([], latest(adoption, { window: '28d' })),
    whenEmpty: 'no portal',
    ...told,
  }),
  table({
    title: 'What it would recommend, beside the organisation',
    description: `Does the team see it as all do? Its NPS (of the employer: eNPS) with its 95 % interval and n, and the whole organisation's. Where that lies within the team's interval, nothing shows that they differ. ${absent}`,
    columns: [
      { label: 'survey', title: 'Survey' },
      { label: 'question', title: 'Question' },
      { label: 'about', title: 'About', words: aboutWords },
    ],
    values: [
      { title: 'NPS', query: ownNps },
      { title: 'From', query: maxBy(question, latest(npsInterval.team, lower)) },
      { title: 'To', query: maxBy(question, latest(npsInterval.team, upper)) },
      { title: 'n', query: maxBy(question, latest(npsResponses.team, mine)) },
      {
        title: 'Organisation',
        query: joinOn(question, times(ownNps, 0), '+', maxBy(question, latest(nps.organisation))),
      },
    ],
    sortedBy: 'Survey',
    whenEmpty: tooFew,
    compact: true,
    width: 24,
    height: 6,
  }),
  table({
    title: 'SPACE of the team, beside the organisation',
    description: `Where does it hurt? Each dimension by itself, with an interval that holds at least 95 % and its n, and the whole organisation's; fewer than three dimensions is not SPACE. ${absent}`,
    columns: [
      { label: 'survey', title: 'Survey' },
      { label: 'dimension', title: 'Dimension', words: dimensionWords },
    ],
    values: [
      { title: 'Score', query: ownScore },
      { title: 'From', query: maxBy(dimension, latest(dimensionScoreInterval.team, lower)) },
      { title: 'To', query: maxBy(dimension, latest(dimensionScoreInterval.team, upper)) },
      { title: 'n', query: maxBy(dimension, latest(dimensionResponses.team, mine)) },
      {
        title: 'Organisation',
        query: joinOn(dimension, times(ownScore, 0), '+', maxBy(dimension, latest(dimensionScore.organisation))),
      },
      {
        title: 'Change is',
        query: maxBy(dimension, latest(dimensionChangeDirection.team, mine)),
        texts: directionTexts,
      },
    ],
    sortedBy: 'Dimension',
    whenEmpty: tooFew,
    compact: true,
    width: 24,
    height: 8,
  }),
  lines({
    title: 'Its NPS over time, beside the organisation',
    description: `Does the team move, or all? It steps where a wave is released; a gap is a wave of which the team may not be told. Look at the intervals before reading a step. ${absent}`,
    queries: [
      {
        query: maxBy(['question'], latest(nps.team, { ...mine, about: 'platform' })),
        name: 'the team: {{question}}',
      },
      {
        query: andOn(
          ['question'],
          maxBy(['question'], latest(nps.organisation, { about: 'platform' })),
          maxBy(['question'], latest(nps.team, { ...mine, about: 'platform' })),
        ),
        name: 'the organisation: {{question}}',
      },
    ],
    tellsZeros: true,
    whenEmpty: tooFew,
    width: 8,
    height: 9,
  }),
  lines({
    title: 'Active people of the team',
    description:
      'Does its use grow? People who used the portal in four weeks and in a week; a gap is a period of which the team may not be told, and no 0.',
    queries: [
      { query: maxBy([], latest(teamActiveUsers, fourWeeks)), name: 'in four weeks' },
      { query: maxBy([], latest(teamActiveUsers, { team, window: '7d' })), name: 'in a week' },
    ],
    tellsZeros: true,
    whenEmpty: tooFewUsed,
    width: 6,
    height: 9,
  }),
  table({
    title: 'Features and whether it uses them',
    description:
      "What does the team use of what the platform offers? Whether somebody of it used a feature in four weeks and in the week, and which share of the catalog's teams does. Told of teams of k people or more.",
    columns: [{ label: 'feature', title: 'Feature' }],
    values: [
      { title: 'In 4 weeks', query: ownUse, texts: usedTexts },
      {
        title: 'In the week',
        query: maxBy(feature, latest(teamFeatureUsed, { team, window: '7d' })),
        texts: usedTexts,
      },
      {
        title: 'Of all teams',
        query: andOn(feature, maxBy(feature, latest(featureAdoption, { window: '28d' })), ownUse),
      },
    ],
    sortedBy: 'Feature',
    whenEmpty: 'no portal, or the team is too small to be told of',
    compact: true,
    width: 10,
    height: 9,
  }),
);
