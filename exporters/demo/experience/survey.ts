/**
 * The quarterly survey of the demo company's developers, as its tool exports it: a table a wave, open for two weeks in the
 * middle of each quarter.
 */
import { chance, dayMs, isoDay } from '../chance.ts';
import { cell } from '../csv.ts';
import type { Span } from '../policy/story.ts';
import { type DemoPerson, people } from './people.ts';
import { lifted, paymentsUnhappyFrom } from './story.ts';

export const openDays = 14;
const opensOn = 3;

export const words = {
  id: 'Response ID',
  submitted: 'Submitted',
  state: 'State',
  team: 'Which team do you work in?',
  comment: 'Is there anything else that you would like to say?',
} as const;

export const agreement = [
  ...['Strongly disagree', 'Disagree', 'Neither agree nor disagree', 'Agree', 'Strongly agree'],
] as const;
export const noAnswer = 'Not applicable';

interface Asked {
  readonly name: string;
  readonly text: string;
  /** How good it is, 0..1, to a person who is as content with the platform as with all else (0..1). */
  readonly good: (content: Content) => number;
}

interface Content {
  readonly platform: number;
  readonly employer: number;
}

export const recommendations: readonly (Asked & { readonly about: 'platform' | 'employer' })[] = [
  {
    ...{
      name: 'platform-nps',
      about: 'platform',
      text: 'How likely are you to recommend our platform to a colleague?',
    },
    good: ({ platform }) => platform,
  },
  {
    ...{ name: 'enps', about: 'employer', text: 'How likely are you to recommend our company as a place to work?' },
    good: ({ employer }) => employer,
  },
];

export const statements: readonly (Asked & { readonly dimension: string; readonly isReversed?: boolean })[] = [
  {
    ...{ name: 'tools', dimension: 'satisfaction', text: 'I am satisfied with the tools that I work with.' },
    good: ({ platform }) => 0.06 + 0.85 * platform,
  },
  {
    ...{ name: 'quality', dimension: 'performance', text: 'What my team releases works as it should.' },
    good: ({ platform, employer }) => 0.12 + 0.4 * platform + 0.4 * employer,
  },
  {
    ...{ name: 'documentation', dimension: 'communication', text: 'I find the documentation that I need.' },
    good: ({ platform }) => 0.9 * platform - 0.08,
  },
  {
    ...{ name: 'flow', dimension: 'efficiency', text: 'I get through a day of work without being interrupted.' },
    good: ({ employer }) => 0.75 * employer,
  },
  {
    ...{ name: 'waiting', dimension: 'efficiency', isReversed: true, text: 'I often wait for people of another team.' },
    good: ({ platform }) => 0.8 * platform,
  },
];

export const quickChecks: readonly (Asked & { readonly metric: string; readonly choices: readonly string[] })[] = [
  {
    ...{ name: 'lead-time', metric: 'lead_time', text: 'How long does it take from commit to production?' },
    choices: ['One month to six months', 'One week to one month', 'One day to one week', 'Less than one day'],
    good: ({ platform }) => platform,
  },
  {
    ...{ name: 'deployments', metric: 'deployment_frequency', text: 'How often do you deploy to production?' },
    choices: [
      ...['Between once per week and once per month', 'Between once per day and once per week'],
      ...['Between once per hour and once per day', 'On demand (multiple deploys per day)'],
    ],
    good: ({ platform }) => platform,
  },
  {
    ...{ name: 'recovery', metric: 'recovery_time', text: 'How long does it take to restore service?' },
    choices: ['One week to one month', 'One day to one week', 'Less than one day', 'Less than one hour'],
    good: ({ platform }) => platform,
  },
  {
    ...{ name: 'failures', metric: 'change_fail_rate', text: 'What share of changes has to be mended at once?' },
    choices: ['40 %', '30 %', '20 %', '15 %', '10 %', '5 %'],
    good: ({ platform, employer }) => (platform + employer) / 2,
  },
  {
    ...{ name: 'rework', metric: 'rework_rate', text: 'What share of deployments was not planned?' },
    choices: ['30 %', '20 %', '15 %', '10 %', '5 %'],
    good: ({ platform }) => platform,
  },
];

/** Tables by file name: of each wave that was opened within the span, as far as it was answered. */
export function surveyFiles({ from, until }: Span, story: Date): ReadonlyMap<string, string> {
  const files = new Map<string, string>();
  for (let month = 0; month < 15; month++) {
    const opened = new Date(Date.UTC(from.getUTCFullYear(), from.getUTCMonth() + month, opensOn));
    if (opened.getUTCMonth() % 3 !== 1 || opened < from || opened >= until) continue;
    const rows = people.flatMap(person => {
      const answer = answered(person, opened, story);
      return answer && answer.at < until ? [answer] : [];
    });
    if (rows.length > 0) files.set(`developers-${isoDay(opened).slice(0, 7)}.csv`, tableOf(rows));
  }
  return files;
}

interface Answer {
  readonly at: Date;
  readonly cells: readonly string[];
}

const header: readonly string[] = [
  ...[words.id, words.submitted, words.state, words.team],
  ...[...recommendations, ...statements, ...quickChecks].map(({ text }) => text),
  words.comment,
];

const tableOf = (rows: readonly Answer[]): string =>
  [header, ...rows.toSorted((a, b) => a.at.getTime() - b.at.getTime()).map(({ cells }) => cells)]
    .map(cells => `${cells.map(cell).join(',')}\n`)
    .join('');

/** What a person said in the wave that was opened then; undefined of who did not answer. */
function answered(person: DemoPerson, opened: Date, story: Date): Answer | undefined {
  const wave = isoDay(opened).slice(0, 7);
  const drawn = (what: string) => chance('survey', what, person.name, wave);
  if (drawn('answers') > 0.84) return undefined;
  // Most answer in the first days.
  const at = new Date(opened.getTime() + (8 / 24 + drawn('day') ** 2 * (openDays - 1)) * dayMs);
  const content = contentOf(person, opened.getTime(), story);
  const said = (name: string, good: number, choices: number) => {
    const spread = 0.44 * (chance('survey', name, person.name) - 0.5) + 0.18 * (drawn(name) - 0.5);
    return Math.min(choices - 1, Math.max(0, Math.floor((good + spread) * choices)));
  };
  const isFinished = drawn('finishes') > 0.03;
  const cells = [
    ...[String(100_000 + Math.floor(chance('response', person.name, wave) * 900_000))],
    ...[at.toISOString().slice(0, 19).replace('T', ' '), isFinished ? 'Complete' : 'Partial', person.team],
    ...recommendations.map(({ name, good }) => String(said(name, good(content), 11))),
    ...statements.map(({ name, good, isReversed }) => {
      if (drawn(`${name} applies`) < 0.03) return noAnswer;
      const nth = said(name, good(content), agreement.length);
      return agreement[isReversed ? agreement.length - 1 - nth : nth]!;
    }),
    ...quickChecks.map(({ name, good, choices }) => choices[said(name, good(content), choices.length)]!),
    drawn('comments') < 0.1 ? 'Thank you for asking.' : '',
  ];
  return { at, cells };
}

const moods: Readonly<Partial<Record<DemoPerson['team'], number>>> = { platform: 0.06, search: 0.03, data: -0.05 };

function contentOf({ team }: DemoPerson, at: number, story: Date): Content {
  const unhappySince = paymentsUnhappyFrom(story);
  const unhappy = team === 'payments' && at >= unhappySince ? (at - unhappySince > 60 * dayMs ? 0.37 : 0.18) : 0;
  // Who has little to do with it is lifted little.
  const part = team === 'ml' || team === 'mobile' ? 0.5 : 1;
  return {
    platform: 0.66 + (moods[team] ?? 0) + 0.2 * part * lifted(story, at) - unhappy,
    employer: 0.8 + (moods[team] ?? 0) / 2 - unhappy / 3,
  };
}
