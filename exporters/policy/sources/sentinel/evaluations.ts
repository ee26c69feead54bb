/**
 * Policy evaluations: what OPA, and Sentinel on agents, said in a stage of a run (`GET
 * /task-stages/:id/policy-evaluations`), and the outcomes of their policies, by set (`GET
 * /policy-evaluations/:id/policy-set-outcomes`): those are written with underscores.
 */
import { isObject, listOf, objectOf, wordOf } from '../../../formats/json.ts';
import { type Engine, engines, type Level, levelOf, policyOf } from './terms.ts';
import { countOf, type Evaluation, linesIn, stateOf, type Tally, timesOf, type Verdict } from './verdict.ts';

export const outcomePart = (set: string): string => `policy_set/${set}`;
export const evaluationPart = 'policy_evaluations';

/** Without outcomes, which are asked for apart. Undefined where it is none, or of another engine. */
export function readEvaluation(evaluation: unknown): Evaluation | undefined {
  const { id, type, attributes } = objectOf(evaluation);
  if (type !== 'policy-evaluations' || !isObject(attributes)) return undefined;
  const kind = wordOf(attributes['policy-kind'], 50)?.toLowerCase() ?? 'opa';
  const engine = engines.find(known => known === kind);
  const state = stateOf(attributes.status);
  if (engine === undefined || state === undefined) return undefined;
  return {
    ...{ id: wordOf(id, 200) ?? '', engine, state, part: evaluationPart, verdicts: [] },
    ...timesOf(attributes),
    tallies: talliesOf(objectOf(attributes['result-count'])),
  };
}

export interface SetOutcome {
  readonly set: string;
  readonly engine: Engine;
  readonly verdicts: readonly Verdict[];
  /** The whole set could not be evaluated. */
  readonly error?: string;
}

export function readSetOutcome(outcome: unknown): SetOutcome | undefined {
  const { type, attributes } = objectOf(outcome);
  if (type !== 'policy-set-outcomes' || !isObject(attributes)) return undefined;
  const set = wordOf(attributes['policy-set-name'], 200) ?? '';
  const isOverridable = attributes.overridable === true;
  const outcomes = listOf(attributes.outcomes).filter(isObject);
  const error = linesIn(attributes.error);
  return {
    set,
    // Only OPA's policies are a query.
    engine: outcomes.length === 0 || outcomes.some(({ query }) => wordOf(query) !== undefined) ? 'opa' : 'sentinel',
    ...(error === undefined ? {} : { error }),
    verdicts: outcomes.flatMap(one => {
      const name = wordOf(one.policy_name, 300);
      const status = wordOf(one.status, 50)?.toLowerCase();
      const verdict =
        status === 'passed' ? 'pass' : status === 'failed' ? 'fail' : status === 'errored' ? 'error' : undefined;
      if (name === undefined || verdict === undefined) return [];
      const title = linesIn(one.description, 200);
      const message = verdict === 'pass' ? undefined : outputOf(one.output);
      return {
        ...{ policy: policyOf(set, name), part: outcomePart(set), outcome: verdict },
        level: levelIn(wordOf(one.enforcement_level, 50), isOverridable),
        ...(title === undefined ? {} : { title }),
        ...(message === undefined ? {} : { message }),
      };
    }),
  };
}

/** OPA knows mandatory and advisory; whether the first can be overridden is the set's. */
function levelIn(word: string | undefined, isOverridable: boolean): Level {
  const level = levelOf(word) ?? 'mandatory';
  return level === 'mandatory' && isOverridable ? 'soft-mandatory' : level;
}

/** Of a rule's output its first messages. */
function outputOf(output: unknown): string | undefined {
  const items = Array.isArray(output) ? output : [output];
  const words = items.slice(0, 5).flatMap(item => {
    if (isObject(item)) return linesIn(item.msg) ?? linesIn(item.message) ?? linesIn(JSON.stringify(item), 200) ?? [];
    return linesIn(item) ?? [];
  });
  return words.length === 0 ? undefined : words.join('; ').slice(0, 500);
}

/** An evaluation with its outcomes. */
export function withOutcomes(evaluation: Evaluation, outcomes: readonly SetOutcome[]): Evaluation {
  const verdicts = outcomes.flatMap(one => one.verdicts);
  const isPartial =
    outcomes.some(({ error }) => error !== undefined) || (evaluation.state === 'failed' && verdicts.length > 0);
  return {
    ...evaluation,
    ...{ verdicts, tallies: verdicts.length > 0 ? [] : evaluation.tallies },
    state: evaluation.state === 'failed' && verdicts.length > 0 ? 'told' : evaluation.state,
    ...(isPartial ? { partial: 'policy_error' } : {}),
  };
}

const talliesOf = (counts: Readonly<Record<string, unknown>>): readonly Tally[] =>
  (
    [
      ['passed', 'mandatory', 'pass'],
      ['mandatory-failed', 'mandatory', 'fail'],
      ['advisory-failed', 'advisory', 'fail'],
      ['errored', 'mandatory', 'error'],
    ] as const
  ).flatMap(([key, level, outcome]) => {
    const count = countOf(counts[key]);
    return count === 0 ? [] : [{ level, outcome, count }];
  });
