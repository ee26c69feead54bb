import { organisationQuickCheckScore, teamQuickCheckScore } from '../../exporters/dora/metrics.ts';
import {
  questionResponses,
  questionScore,
  questionScoreInterval,
  quickCheckResponses,
  quickCheckScore,
  quickCheckScoreInterval,
  scorecardMoves,
  scorecardOrganisationScoreRatio,
  scorecardTeamScoreRatio,
} from '../../exporters/experience/metrics.ts';
import { metricWords } from '../delivery/words.ts';
import { dimensionWords, tooFew, whyAbsent } from '../experience/words.ts';
import { details } from '../lib/dashboard.ts';
import { table } from '../lib/panels.ts';
import { andOn, joinOn, latest, maxBy, or, sumBy, times } from '../lib/promql.ts';
import { team } from '../variables.ts';

const mine = { team } as const;
const lower = { team, bound: 'lower' } as const;
const upper = { team, bound: 'upper' } as const;

const question = ['survey', 'question', 'dimension'] as const;
const score = maxBy(question, latest(questionScore.team, mine));

const metric = ['metric'] as const;
const said = maxBy(metric, latest(quickCheckScore.team, mine));

const scorecard = ['scorecard'] as const;
const standing = maxBy(scorecard, latest(scorecardTeamScoreRatio, { team, statistic: 'mean' }));
const moved = (direction: string) =>
  or(
    sumBy(scorecard, latest(scorecardMoves, { team, window: '30d', direction })),
    times(sumBy(scorecard, latest(scorecardMoves, { team, window: '30d' })), 0),
  );

/** What the team's dimensions are made of, how it sees its delivery, and where its services stand on scorecards. */
export const experienceDetails = details(
  'Details: what $team answers, and its scorecards',
  table({
    title: 'Its answers to questions on a scale',
    description: `What exactly does the team answer? Mean of its answers, 0 % is the worst answer and 100 % the best, with the 95 % interval and n, and the whole organisation's. ${whyAbsent}`,
    columns: [
      { label: 'survey', title: 'Survey' },
      { label: 'question', title: 'Question' },
      { label: 'dimension', title: 'Dimension', words: { ...dimensionWords, none: 'of none' } },
    ],
    values: [
      { title: 'Score', query: score },
      { title: 'From', query: maxBy(question, latest(questionScoreInterval.team, lower)) },
      { title: 'To', query: maxBy(question, latest(questionScoreInterval.team, upper)) },
      { title: 'n', query: maxBy(question, latest(questionResponses.team, mine)) },
      {
        title: 'Organisation',
        query: joinOn(question, times(score, 0), '+', maxBy(question, latest(questionScore.organisation))),
      },
    ],
    first: 'least',
    whenEmpty: tooFew,
    compact: true,
    width: 24,
  }),
  table({
    title: 'Its Quick Check, said and measured',
    description: `Does the team see its delivery as it is measured? What it answered in DORA's Quick Check, 0 to 10 and 10 is best, with the 95 % interval and n; its last 90 days scored alike; and the whole organisation's of both. ${whyAbsent}`,
    columns: [{ label: 'metric', title: 'Metric', words: metricWords }],
    values: [
      { title: 'It says', query: said, unit: 'score' },
      { title: 'From', query: maxBy(metric, latest(quickCheckScoreInterval.team, lower)), unit: 'score' },
      { title: 'To', query: maxBy(metric, latest(quickCheckScoreInterval.team, upper)), unit: 'score' },
      { title: 'n', query: maxBy(metric, latest(quickCheckResponses.team, mine)) },
      { title: 'Measured', query: maxBy(metric, latest(teamQuickCheckScore, mine)), unit: 'score' },
      {
        title: 'All say',
        query: andOn(metric, maxBy(metric, latest(quickCheckScore.organisation)), said),
        unit: 'score',
      },
      { title: 'All measured', query: maxBy(metric, latest(organisationQuickCheckScore)), unit: 'score' },
    ],
    sortedBy: 'Metric',
    whenEmpty: tooFew,
    compact: true,
    width: 24,
  }),
  table({
    title: 'Its scorecards',
    description:
      'Where do its services stand in Cortex? The mean share of the points of each scorecard, beside that of the whole organisation, and how many of its entities stand on a higher or a lower level than 30 days before.',
    columns: [{ label: 'scorecard', title: 'Scorecard' }],
    values: [
      { title: 'Mean', query: standing },
      {
        title: 'Organisation',
        query: andOn(
          scorecard,
          maxBy(scorecard, latest(scorecardOrganisationScoreRatio, { statistic: 'mean' })),
          standing,
        ),
      },
      { title: 'Up', query: moved('up') },
      { title: 'Down', query: moved('down') },
    ],
    sortedBy: 'Scorecard',
    whenEmpty: 'no scorecards are read',
    compact: true,
    width: 24,
    height: 7,
  }),
);
