/**
 * Whether a wave may be released (again). Two releases, of one wave or of waves that have answers in common, must not
 * differ by the answers of fewer than k people, nor by people who all made the same step: their difference would say
 * what they said. It is all or nothing, for what one group must not tell the others would.
 */
import type { Answered, Released, WaveAnswers } from './answered.ts';
import { disclosesFew } from './disclosure.ts';
import type { Result } from './results.ts';

/** Why a release is held back; told by check and explain alone. */
export type Held = 'few' | 'alike' | 'replaced';

export interface Candidate {
  readonly survey: string;
  readonly wave: string;
  readonly answers: WaveAnswers;
  readonly rows: readonly Result[];
}

/** What was told of by an earlier release: its rows' team and question. */
export interface Told {
  readonly survey: string;
  readonly wave: string;
  readonly release: number;
  readonly team: string;
  readonly question: string;
}

export interface ReleaseRules {
  readonly minimum: number;
  /** What is told of a question's answer: that it is a promoter's, and not that it is a 9. */
  readonly toldAs: (question: string, value: number) => number;
}

export function heldBack(
  candidate: Candidate,
  earlier: readonly Released[],
  told: readonly Told[],
  { minimum, toldAs }: ReleaseRules,
): Held | undefined {
  const { survey, wave, answers, rows } = candidate;
  if (
    wasReplaced(
      answers,
      earlier.filter(one => one.survey === survey && one.wave === wave),
    )
  )
    return 'replaced';
  const asked = rows.filter(({ kind }) => kind !== 'responses' && kind !== 'dimension');
  const next = groupsOf(
    answers.answers,
    asked.filter(({ question }) => question !== ''),
  );
  const before = [...Map.groupBy(earlier, releaseKey)].flatMap(([key, all]) =>
    groupsOf(
      all,
      told.filter(one => releaseKey(one) === key),
    ),
  );
  const topicOf = topics([...answers.answers.map(one => ({ ...one, survey })), ...earlier]);
  const people = new Map<string, string>();
  const all = [...answers.answers, ...earlier];
  const responseOf = linked(all.map(({ response, trace }) => [response, trace]));
  // Another survey has another pseudonym of the same person.
  const personOf = linked(
    all.flatMap(({ response, trace, person }) => [[response, trace] as const, [response, person]]),
  );
  const answerOf = (one: Answered) => {
    const answer = `${responseOf(one.response)}\n${topicOf(one)}\n${one.raw}`;
    people.set(answer, personOf(one.response));
    return answer;
  };
  const byTopic = Map.groupBy(
    [...next, ...before.map(group => ({ ...group, isBefore: true }))],
    ({ answers: [one] }) => (one === undefined ? '' : topicOf(one)),
  );
  for (const groups of byTopic.values()) {
    const sets = (isBefore: boolean) =>
      groups.filter(group => 'isBefore' in group === isBefore).map(group => group.answers.map(answerOf));
    if (disclosesFew(sets(true), sets(false), answer => people.get(answer)!, minimum)) return 'few';
  }
  const changedAlike = next.some(group =>
    before.some(
      one =>
        one.team === group.team &&
        one.question === group.question &&
        isAlike(one.answers, group.answers, { toldAs, responseOf }),
    ),
  );
  return changedAlike ? 'alike' : undefined;
}

const releaseKey = ({ survey, wave, release }: Pick<Told, 'survey' | 'wave' | 'release'>) =>
  `${survey}\n${wave}\n${release}`;

interface Group {
  readonly team: string;
  readonly question: string;
  readonly answers: readonly Answered[];
}

/** The groups whose numbers rows are; and what is left of the organisation, which follows from them. */
function groupsOf(
  answers: readonly Answered[],
  rows: readonly { readonly team: string; readonly question: string }[],
): readonly Group[] {
  const byQuestion = Map.groupBy(answers, ({ question }) => question);
  const groups = rows.map(({ team, question }) => ({
    ...{ team, question },
    answers: (byQuestion.get(question) ?? []).filter(one => team === '' || one.team === team),
  }));
  const rests = groups
    .filter(({ team }) => team === '')
    .map(({ question, answers: all }) => {
      const shown = new Set(groups.filter(group => group.question === question).map(({ team }) => team));
      return { team: restTeam, question, answers: all.filter(({ team }) => !shown.has(team)) };
    });
  return [...groups, ...rests];
}

/** No team is called so. */
const restTeam = '\n';

/** Whether all that changed between two groups made the same step: went, came or turned from one answer to another. */
function isAlike(
  before: readonly Answered[],
  after: readonly Answered[],
  { toldAs, responseOf }: Pick<ReleaseRules, 'toldAs'> & { readonly responseOf: (response: string) => string },
): boolean {
  const step = (one: Answered | undefined) => (one === undefined ? '' : toldAs(one.question, one.value));
  const earlier = new Map(before.map(one => [responseOf(one.response), one]));
  const steps = new Set<string>();
  for (const one of after) {
    const response = responseOf(one.response);
    const was = earlier.get(response);
    earlier.delete(response);
    if (was?.raw !== one.raw) steps.add(`${step(was)} ${step(one)}`);
  }
  for (const one of earlier.values()) steps.add(`${step(one)} `);
  return steps.size === 1;
}

/** Questions that had a question of the tool in common, or a name, are one topic: another name hides no difference. */
function topics(answers: readonly (Answered & { readonly survey: string })[]): (one: Answered) => string {
  const rootOf = linked(
    answers.map(({ survey, question, item }) => [`question ${survey} ${question}`, `item ${item}`] as const),
  );
  return ({ item }) => rootOf(`item ${item}`);
}

/** One name for all that pairs link, however many lie between them. */
function linked(pairs: readonly (readonly [string, string])[]): (node: string) => string {
  const parents = new Map<string, string>();
  const rootOf = (node: string): string => {
    let root = node;
    for (let parent = parents.get(root); parent !== undefined; parent = parents.get(root)) root = parent;
    return root;
  };
  for (const [a, b] of pairs) {
    const [one, other] = [rootOf(a), rootOf(b)];
    if (one !== other) parents.set(one, other);
  }
  return rootOf;
}

/** Most of the responses are others than before: the survey was read from elsewhere, and whose they are can't be told. */
function wasReplaced({ respondents }: WaveAnswers, earlier: readonly Released[]): boolean {
  const now = new Set(respondents.map(({ response }) => response));
  const before = new Set(earlier.map(({ response }) => response));
  const staying = [...before].filter(response => now.has(response)).length;
  return before.size > 0 && staying * 2 < before.size;
}
