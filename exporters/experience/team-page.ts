/** What /teams/TEAM tells of experience: what the team says where that may be told, and what was asked of it. */
import type { TeamSeries } from '../core/team/page-series.ts';
import type { LabelOf, TeamReader } from '../core/team/reader.ts';
import type { Amount, TeamNumber, TeamSection, TeamTable, Verdict } from '../core/team/section.ts';
import { countOf, earliestOf, highestOf, select, sumOf } from '../core/team/select.ts';
import {
  dimensionResponses,
  dimensionScore,
  dimensionScoreInterval,
  feedbackOpen,
  nps,
  npsChange,
  npsChangeDirection,
  npsInterval,
  npsResponses,
  oldestUnanswered,
  roadmapItems,
  surveyResponseRate,
  teamActiveUsers,
} from './metrics.ts';

const tooFew = 'no survey, or too few of the team answered to be told of';

const count = (value: number | undefined): Amount | undefined =>
  value === undefined ? undefined : { value, unit: 'count' };

export async function experienceOfTeam(read: TeamReader): Promise<TeamSection> {
  const told = read.series(nps.team);
  return {
    title: 'Experience',
    about:
      'What the team says of the platform in the newest wave, and what is asked of it. Nothing is told of fewer people than privacy.minimum_group, nor what a smaller group would follow from.',
    numbers: [
      ...(told.length === 0 ? [untold] : told.map(one => npsOf(read, one))),
      ...surveysOf(read),
      activeOf(read),
      ...(await requests(read)),
    ],
    tables: [dimensions(read)],
    links: [],
  };
}

const untold: TeamNumber = { label: 'NPS of the platform', amount: undefined, absent: tooFew };

/** An NPS is read with its interval and n alone. */
function npsOf(read: TeamReader, { labels, value }: TeamSeries<LabelOf<typeof nps.team>>): TeamNumber {
  const { survey = '', question = '', about = '' } = labels;
  const same = { survey, question, about };
  const [lower, upper] = (['lower', 'upper'] as const).map(bound =>
    highestOf(read.series(npsInterval.team), { ...same, bound }),
  );
  const n = highestOf(read.series(npsResponses.team), same);
  const points = (one: number) => `${one > 0 ? '+' : one < 0 ? '−' : ''}${Math.abs(Math.round(one))}`;
  const interval =
    lower === undefined || upper === undefined ? '' : `95 % interval ${points(lower)} to ${points(upper)}, `;
  return {
    label: `${about === 'employer' ? 'eNPS' : 'NPS'}: ${question} (${survey})`,
    amount: { value, unit: 'points' },
    absent: tooFew,
    detail: `${interval}n = ${(n ?? 0).toLocaleString('en')}`,
    ...direction(highestOf(read.series(npsChangeDirection.team), same), highestOf(read.series(npsChange.team), same)),
  };
}

/** With few answers most changes are chance. */
function direction(is: number | undefined, by: number | undefined): { readonly verdict?: Verdict } {
  if (is === undefined || by === undefined) return {};
  const points = `${Math.abs(Math.round(by))} points since the wave before`;
  if (is > 0) return { verdict: { tone: 'good', text: `rose ${points}` } };
  if (is < 0) return { verdict: { tone: 'bad', text: `fell ${points}` } };
  return { verdict: { tone: 'neutral', text: 'no significant change since the wave before' } };
}

const surveysOf = (read: TeamReader): readonly TeamNumber[] =>
  read.series(surveyResponseRate.team).map(({ labels: { survey = '' }, value }) => ({
    label: `Response rate: ${survey}`,
    amount: { value, unit: 'ratio' },
    absent: tooFew,
    detail: 'of the team, in the newest wave',
  }));

const activeOf = (read: TeamReader): TeamNumber => ({
  label: 'People active in the portal, 4 weeks',
  amount: count(highestOf(read.series(teamActiveUsers), { window: '28d' })),
  absent: 'no portal, or too few to be told of',
});

async function requests(read: TeamReader): Promise<readonly TeamNumber[]> {
  const [feedback, items] = [read.series(feedbackOpen), read.series(roadmapItems)];
  const [feedbackThen, itemsThen] = [await read.daysAgo(feedbackOpen, 30), await read.daysAgo(roadmapItems, 30)];
  const waiting = countOf(feedback, { state: 'unanswered' });
  const oldest = earliestOf(read.series(oldestUnanswered));
  const standing = { status: ['backlog', 'todo', 'in_progress'] } as const;
  const total = (series: readonly TeamSeries[]) => (series.length === 0 ? undefined : sumOf(series));
  return [
    {
      label: 'Requests open',
      amount: count(total(feedback)),
      absent: 'no source tells of feedback to this team',
      before: { value: total(feedbackThen), when: '30 days ago' },
      better: 'less',
      ...(waiting !== undefined && {
        detail: `${waiting.toLocaleString('en')} of them without an answer${oldest !== undefined && waiting > 0 ? `, the oldest since ${new Date(oldest * 1000).toISOString().slice(0, 10)}` : ''}`,
      }),
      ...(waiting !== undefined &&
        waiting > 0 && {
          verdict: { tone: 'warning', text: 'somebody waits for an answer' },
          links: [{ text: 'Runbook', href: '/runbooks/FeedbackUnanswered' }],
        }),
    },
    {
      label: 'Roadmap items not done',
      amount: count(countOf(items, standing)),
      absent: 'no roadmap of this team is read',
      before: { value: countOf(itemsThen, standing), when: '30 days ago' },
      ...(items.length > 0 && {
        detail: `${sumOf(select(items, { status: 'in_progress' })).toLocaleString('en')} of them in progress`,
      }),
    },
  ];
}

function dimensions(read: TeamReader): TeamTable {
  const bounds = read.series(dimensionScoreInterval.team);
  const ns = read.series(dimensionResponses.team);
  const share = (value: number | undefined): Amount | undefined =>
    value === undefined ? undefined : { value, unit: 'ratio' };
  return {
    caption: 'SPACE, the newest wave: 0 % is the worst answer, 100 % the best',
    columns: ['Dimension', 'Survey', 'Score', '95 % from', 'to', 'n'],
    rows: [...read.series(dimensionScore.team)]
      .sort((a, b) => a.value - b.value)
      .map(({ labels: { survey = '', dimension = '' }, value }) => {
        const same = { survey, dimension };
        return [
          dimension,
          survey,
          share(value),
          share(highestOf(bounds, { ...same, bound: 'lower' })),
          share(highestOf(bounds, { ...same, bound: 'upper' })),
          count(highestOf(ns, same)),
        ];
      }),
    empty: `Not measured: ${tooFew}.`,
  };
}
