import {
  changeFailRatio,
  changeLeadTimeQuantile,
  deployments,
  failedDeploymentRecoveryQuantile,
  pullRequestStageQuantile,
} from '../../exporters/dora/metrics.ts';
import {
  dimensionChange,
  dimensionChangeDirection,
  dimensionResponses,
  dimensionScore,
  dimensionScoreInterval,
  questionChange,
  questionChangeDirection,
  questionResponses,
  questionScore,
  questionScoreInterval,
  retention,
} from '../../exporters/experience/metrics.ts';
import { details, row } from '../lib/dashboard.ts';
import { lines, matrix, ordered, stat, table } from '../lib/panels.ts';
import { latest, maxBy, sum } from '../lib/promql.ts';
import { fourWeeks, ofSurvey, ofTeams, wholeOrganisation } from './scope.ts';
import { dimensions, dimensionWords, directionTexts, tooFew, whyAbsent } from './words.ts';

const by = ['dimension'] as const;
const asked = ['question', 'dimension'] as const;
const lower = { ...ofSurvey, bound: 'lower' } as const;
const upper = { ...ofSurvey, bound: 'upper' } as const;
const notOne = 'Each dimension by itself: there is no index of them all, and fewer than three dimensions is not SPACE.';
const quarter = { window: '90d', percentile: 'p50' } as const;
const month = { window: '30d', percentile: 'p50' } as const;
const beside = { width: 8, height: 3 } as const;

/** What people say by dimension, and under it what the system measures of the same. */
export const space = row(
  'SPACE: what people say, and what is measured',
  ordered({
    title: 'Dimensions of SPACE, as people answer',
    description: `Where does it hurt? Mean of the questions of each dimension in the newest wave, 0 % the worst answer to all and 100 % the best. ${notOne} A dimension without a bar is not asked or not told. ${whyAbsent}`,
    bars: dimensions.map(dimension => ({
      query: maxBy([], latest(dimensionScore.organisation, { ...ofSurvey, dimension })),
      name: dimensionWords[dimension],
    })),
    most: 1,
    whenEmpty: tooFew,
    width: 8,
    height: 8,
  }),
  table({
    title: 'Dimensions with their intervals',
    description: `How sure is that, and has it changed? Each score with an interval that holds at least 95 %, its n, and its change since the wave before. ${notOne}`,
    columns: [{ label: 'dimension', title: 'Dimension', words: dimensionWords }],
    values: [
      { title: 'Score', query: maxBy(by, latest(dimensionScore.organisation, ofSurvey)) },
      { title: 'From', query: maxBy(by, latest(dimensionScoreInterval.organisation, lower)) },
      { title: 'To', query: maxBy(by, latest(dimensionScoreInterval.organisation, upper)) },
      { title: 'n', query: maxBy(by, latest(dimensionResponses.organisation, ofSurvey)) },
      { title: 'Change', query: maxBy(by, latest(dimensionChange.organisation, ofSurvey)) },
      {
        title: 'Change is',
        query: maxBy(by, latest(dimensionChangeDirection.organisation, ofSurvey)),
        texts: directionTexts,
      },
    ],
    sortedBy: 'Dimension',
    whenEmpty: tooFew,
    compact: true,
    width: 16,
    height: 8,
  }),
  stat({
    title: 'Satisfaction: retention',
    description: `Do people come back to the portal? Of those who used it in the four weeks before, how many did in the next. Not what people say, but what they do. ${wholeOrganisation}`,
    query: maxBy([], latest(retention, fourWeeks)),
    whenEmpty: 'too few, or no portal',
    ...beside,
  }),
  stat({
    title: 'Performance: fail rate',
    description: `How often does a deployment need immediate repair? The change fail rate of 30 days. ${wholeOrganisation}`,
    query: maxBy([], latest(changeFailRatio.organisation, { window: '30d' })),
    whenEmpty: 'too few deployments',
    ...beside,
  }),
  stat({
    title: 'Performance: recovery',
    description: `How long does a failed deployment hurt? The median recovery time over 90 days, as failures are few. ${wholeOrganisation}`,
    query: maxBy([], latest(failedDeploymentRecoveryQuantile.organisation, quarter)),
    whenEmpty: 'too few failures',
    ...beside,
  }),
  stat({
    title: 'Activity: deployments',
    description: `How often do we deploy? Successful deployments to production in 30 days. Activity alone says nothing of productivity. ${wholeOrganisation}`,
    query: sum(latest(deployments, { window: '30d', outcome: 'success' })),
    whenEmpty: 'none',
    ...beside,
  }),
  stat({
    title: 'Communication: review',
    description: `How long do changes wait for others? The median time of pull requests in review, over 30 days. ${wholeOrganisation}`,
    query: maxBy([], latest(pullRequestStageQuantile.organisation, { ...month, stage: 'review' })),
    whenEmpty: 'too few pull requests',
    ...beside,
  }),
  stat({
    title: 'Efficiency: lead time',
    description: `How long does a change take to production? The median change lead time over 30 days. ${wholeOrganisation}`,
    query: maxBy([], latest(changeLeadTimeQuantile.organisation, { ...month, clock: 'authored', reach: 'all' })),
    whenEmpty: 'too few changes',
    ...beside,
  }),
  lines({
    title: 'Dimensions over time',
    description: `Which dimension moves? Each steps where a wave is released; see beside the score whether that is more than chance. ${notOne}`,
    queries: [{ query: maxBy(by, latest(dimensionScore.organisation, ofSurvey)), name: '{{dimension}}' }],
    words: dimensionWords,
    tellsZeros: true,
    whenEmpty: tooFew,
    width: 24,
    height: 8,
  }),
  matrix({
    title: 'Dimensions and teams',
    description: `What do teams say that may be told? A dash is a team of which it is not: fewer than k answered, all alike, or a smaller group would follow. It is no 0. Colours judge nobody. ${notOne}`,
    query: maxBy(['dimension', 'team'], latest(dimensionScore.team, { ...ofSurvey, ...ofTeams })),
    rows: { label: 'dimension', title: 'Dimension', words: dimensionWords },
    columns: 'team',
    thresholds: [],
    otherwise: 'neutral',
    whenEmpty: tooFew,
    width: 24,
    height: 7,
  }),
);

/** What the dimensions are made of. */
export const questions = details(
  'Details: every question of the survey',
  table({
    title: 'Questions on a scale',
    description: `What exactly was answered? Mean of the answers to each question, 0 % is its worst answer and 100 % its best; dimension is that of SPACE, or none. ${whyAbsent}`,
    columns: [
      { label: 'question', title: 'Question' },
      { label: 'dimension', title: 'Dimension', words: { ...dimensionWords, none: 'of none' } },
    ],
    values: [
      { title: 'Score', query: maxBy(asked, latest(questionScore.organisation, ofSurvey)) },
      { title: 'From', query: maxBy(asked, latest(questionScoreInterval.organisation, lower)) },
      { title: 'To', query: maxBy(asked, latest(questionScoreInterval.organisation, upper)) },
      { title: 'n', query: maxBy(asked, latest(questionResponses.organisation, ofSurvey)) },
      { title: 'Change', query: maxBy(asked, latest(questionChange.organisation, ofSurvey)) },
      {
        title: 'Change is',
        query: maxBy(asked, latest(questionChangeDirection.organisation, ofSurvey)),
        texts: directionTexts,
      },
    ],
    first: 'least',
    whenEmpty: tooFew,
    compact: true,
    width: 24,
    height: 12,
  }),
);
