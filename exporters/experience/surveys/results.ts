/** The rows that a release publishes: of the organisation and of those teams that may be told of. */
import { quickCheckSummary, scoreOfAnswer, scoreOfRatio } from '../../formats/dora-benchmark/index.ts';
import type { Answered, WaveAnswers } from './answered.ts';
import type { QuestionConfig, QuickCheck, SurveyConfig } from './config.ts';
import { isPercentage, spaced } from './numbers.ts';
import { type Change, changeOf, type Estimate, meanOf, meanOfMeans, npsOf } from './statistics.ts';
import { type Answers, maskOf } from './suppression.ts';

export type ResultKind = 'responses' | 'nps' | 'scale' | 'dimension' | 'quick_check';

export interface Result {
  /** '' is the organisation. */
  readonly team: string;
  readonly kind: ResultKind;
  readonly question: string;
  /** platform or employer, a dimension of SPACE ('none' where a scale has none), a metric of the Quick Check. */
  readonly subject: string;
  readonly n: number;
  readonly population?: number;
  readonly estimate?: Estimate;
  readonly shares?: { readonly promoters: number; readonly passives: number; readonly detractors: number };
  readonly change?: Change;
}

export interface Population {
  readonly total?: number;
  readonly teams: ReadonlyMap<string, number>;
}

export interface Results {
  readonly rows: readonly Result[];
  /** Teams of which something is not told. */
  readonly suppressedGroups: number;
}

export function resultsOf(
  config: SurveyConfig,
  { respondents, answers }: WaveAnswers,
  { population, minimum }: { readonly population: Population; readonly minimum: number },
): Results {
  const sizeOf = (team: string, n: number) => {
    const size = team === '' ? population.total : population.teams.get(team);
    // More answers than people: the number of people is wrong.
    return size === undefined || size < n ? {} : { population: size };
  };
  const rows: Result[] = [];
  const hidden = new Set<string>();
  const teamsOf = (list: readonly { readonly team: string }[]) => new Set(list.map(({ team }) => team));

  // Who has answered, one number each: none is like another.
  const responses = maskOf([byTeam(respondents, (_, index) => index)], minimum);
  for (const team of shown(responses, respondents)) {
    const n = inTeam(respondents, team).length;
    rows.push({ team, kind: 'responses', question: '', subject: '', n, ...sizeOf(team, n) });
  }
  for (const team of teamsOf(respondents)) if (!responses.teams.has(team)) hidden.add(team);

  const byQuestion = Map.groupBy(answers, ({ question }) => question);
  for (const together of Map.groupBy(config.questions, ({ question }) => spaced(question)).values()) {
    const asked = together.filter(({ name }) => byQuestion.has(name));
    if (asked.length === 0) continue;
    const mask = maskOf(
      asked.map(question => byTeam(byQuestion.get(question.name)!, ({ value }) => toldAs(question, value))),
      minimum,
    );
    for (const question of asked) {
      const given = byQuestion.get(question.name)!;
      for (const team of teamsOf(given)) if (!mask.teams.has(team)) hidden.add(team);
      for (const team of shown(mask, given)) {
        const own = inTeam(given, team);
        rows.push({ team, ...resultOf(question, own, sizeOf(team, own.length)) });
      }
    }
  }
  rows.push(...dimensionsOf(config, rows, new Set(byQuestion.keys())), ...summariesOf(rows));
  return { rows: rows.toSorted((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1)), suppressedGroups: hidden.size };
}

/** Adds what has changed since the wave before, where that told of the same. */
export const withChanges = (rows: readonly Result[], before: readonly Result[]): readonly Result[] => {
  const known = new Map(before.map(row => [keyOf(row), row.estimate]));
  return rows.map(row => {
    const earlier = known.get(keyOf(row));
    return row.estimate && earlier ? { ...row, change: changeOf(row.estimate, earlier) } : row;
  });
};

const keyOf = ({ team, kind, question, subject }: Result) => JSON.stringify([kind, question, subject, team]);

const shown = (mask: ReturnType<typeof maskOf>, given: readonly { readonly team: string }[]): readonly string[] =>
  mask.organisation ? ['', ...[...mask.teams].filter(team => given.some(one => one.team === team))] : [];

const inTeam = <T extends { readonly team: string }>(list: readonly T[], team: string): readonly T[] =>
  team === '' ? list : list.filter(one => one.team === team);

const byTeam = <T extends { readonly team: string }>(
  list: readonly T[],
  read: (one: T, index: number) => number,
): Answers => {
  const teams = new Map<string, number[]>();
  for (const [index, one] of list.entries()) {
    const own = teams.get(one.team) ?? [];
    own.push(read(one, index));
    teams.set(one.team, own);
  }
  return teams;
};

/** What is told of an answer: that it is a promoter's and not that it is a 9. */
export const toldAs = (question: QuestionConfig, value: number): number =>
  question.as !== 'nps' ? value : value >= 9 ? 1 : value >= 7 ? 0 : -1;

function resultOf(
  question: QuestionConfig,
  answers: readonly Answered[],
  size: { readonly population?: number },
): Omit<Result, 'team'> {
  const n = answers.length;
  const common = { question: question.name, n, ...size };
  if (question.as === 'nps') {
    const count = (category: number) => answers.filter(({ value }) => toldAs(question, value) === category).length;
    const counts = { promoters: count(1), passives: count(0), detractors: count(-1) };
    return {
      ...{ ...common, kind: 'nps', subject: question.about },
      estimate: npsOf(counts, size.population),
      shares: { promoters: counts.promoters / n, passives: counts.passives / n, detractors: counts.detractors / n },
    };
  }
  if (question.as === 'scale') {
    const { min, max, is_reversed } = question;
    const values = answers.map(({ value }) => (is_reversed ? max - value : value - min) / (max - min));
    const estimate = meanOf(values, { min: 0, max: 1 }, size.population);
    return { ...common, kind: 'scale', subject: question.dimension ?? 'none', estimate };
  }
  const scores = answers.map(({ value }) =>
    isPercentage(question) ? scoreOfRatio(value / 100) : scoreOfAnswer(value),
  );
  const estimate = meanOf(scores, { min: 0, max: 10 }, size.population);
  return { ...common, kind: 'quick_check', subject: benchmarked[question.metric], estimate };
}

/** The Quick Check's questions as its benchmark calls them. */
const benchmarked = {
  lead_time: 'change_lead_time',
  deployment_frequency: 'deployment_frequency',
  recovery_time: 'failed_deployment_recovery_time',
  change_fail_rate: 'change_fail_rate',
  rework_rate: 'deployment_rework_rate',
} as const satisfies Record<QuickCheck, string>;

/** Only where all of its questions that were answered are told of: their mean tells nothing that they don't. */
function dimensionsOf(
  { questions }: SurveyConfig,
  rows: readonly Result[],
  answered: ReadonlySet<string>,
): readonly Result[] {
  const scales = rows.filter(({ kind, subject }) => kind === 'scale' && subject !== 'none');
  return [...Map.groupBy(scales, ({ team, subject }) => JSON.stringify([team, subject])).values()].flatMap(parts => {
    const [{ team, subject }] = parts as [Result];
    const all = questions.filter(one => one.as === 'scale' && one.dimension === subject && answered.has(one.name));
    if (parts.length < all.length) return [];
    const estimate = meanOfMeans(parts.map(part => part.estimate!));
    return [{ team, kind: 'dimension', question: '', subject, n: estimate.n, estimate }];
  });
}

const summaries = ['throughput', 'stability', 'overall'] as const;

function summariesOf(rows: readonly Result[]): readonly Result[] {
  const checks = rows.filter(({ kind }) => kind === 'quick_check');
  return [...Map.groupBy(checks, ({ team }) => team)].flatMap(([team, own]) => {
    const of = (value: (estimate: Estimate) => number) =>
      quickCheckSummary(Object.fromEntries(own.map(({ subject, estimate }) => [subject, value(estimate!)])), 2025);
    const [values, lows, highs] = [of(one => one.value), of(one => one.low), of(one => one.high)];
    return summaries.flatMap((subject): readonly Result[] => {
      const [value, low, high] = [values[subject], lows[subject], highs[subject]];
      if (value === undefined || low === undefined || high === undefined) return [];
      const n = Math.min(...own.map(one => one.n));
      return [{ team, kind: 'quick_check', question: '', subject, n, estimate: { n, value, low, high } }];
    });
  });
}
