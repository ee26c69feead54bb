/**
 * Policy checks: what Sentinel said in a run (`GET /runs/:id/policy-checks`). The policies stand in `result.sentinel`,
 * whose shape HashiCorp doesn't promise: in `data` by policy set, in older ones without sets. They don't say which level
 * a mandatory policy has; the numbers of the check, or the organization's list of policies, do.
 */
import { isObject, type JsonObject, listOf, objectOf, wordOf } from '../../../formats/json.ts';
import { type Level, levelOf, policyOf } from './terms.ts';
import { countOf, type Evaluation, linesIn, stateOf, type Tally, timesOf, type Verdict } from './verdict.ts';

export const checkPart = 'policy_checks';

/** The level of a policy by its name, where it is known otherwise. */
export type LevelOf = (policy: string) => Level | undefined;

/** Undefined where it is no policy check. */
export function readCheck(check: unknown, levelOfPolicy: LevelOf = () => undefined): Evaluation | undefined {
  const { id, type, attributes } = objectOf(check);
  if (type !== 'policy-checks' || !isObject(attributes)) return undefined;
  const state = stateOf(attributes.status);
  if (state === undefined) return undefined;
  const result = objectOf(attributes.result);
  const sets = setsIn(objectOf(result.sentinel));
  const levelIn = levelsBy(result, levelOfPolicy);
  const verdicts = sets.flatMap(set => verdictsOf(set, levelIn));
  const broken = sets.some(({ error, policies }) => error !== undefined && policies.length === 0);
  return {
    ...{ id: wordOf(id, 200) ?? '', engine: 'sentinel', part: checkPart, verdicts },
    // One that ended in an error may have told of policies before.
    state: state === 'failed' && verdicts.length > 0 ? 'told' : state,
    ...(broken || (state === 'failed' && verdicts.length > 0) ? { partial: 'policy_error' } : {}),
    ...timesOf(attributes),
    tallies: verdicts.length > 0 ? [] : talliesOf(result),
  };
}

interface PolicySet {
  readonly name: string;
  readonly canOverride: boolean;
  readonly error: string | undefined;
  readonly policies: readonly unknown[];
}

function setsIn(sentinel: JsonObject): readonly PolicySet[] {
  const setOf = (name: string, set: JsonObject): PolicySet => ({
    name,
    canOverride: set['can-override'] === true,
    error: linesIn(isObject(set.error) ? set.error.message : set.error),
    policies: listOf(set.policies),
  });
  return isObject(sentinel.data)
    ? Object.entries(sentinel.data).map(([name, set]) => setOf(name, objectOf(set)))
    : Array.isArray(sentinel.policies)
      ? [setOf('', sentinel)]
      : [];
}

type LevelIn = (set: PolicySet, policy: string, entry: JsonObject, isViolated: boolean) => Level;

function levelsBy(result: JsonObject, levelOfPolicy: LevelOf): LevelIn {
  const hard = countOf(result['hard-failed']);
  const soft = countOf(result['soft-failed']);
  return ({ canOverride }, policy, entry, isViolated) => {
    const said =
      wordOf(entry['enforcement-level'], 50) ??
      wordOf(entry.enforcement_level, 50) ??
      wordOf(objectOf(entry.policy)['enforcement-level'], 50);
    if (said !== undefined) return levelOf(said) ?? 'hard-mandatory';
    if (entry['allowed-failure'] === true) return 'advisory';
    if (isViolated && hard + soft > 0 && (hard === 0 || soft === 0))
      return hard > 0 ? 'hard-mandatory' : 'soft-mandatory';
    const known = levelOfPolicy(policy);
    if (known !== undefined) return known;
    // A set can be overridden where nothing but soft-mandatory policies failed in it.
    if (isViolated && canOverride) return 'soft-mandatory';
    return 'hard-mandatory';
  };
}

const verdictsOf = (set: PolicySet, levelIn: LevelIn): readonly Verdict[] =>
  set.policies.filter(isObject).flatMap(entry => {
    const name = wordOf(entry.policy, 300) ?? wordOf(objectOf(entry.policy).name, 300);
    if (name === undefined) return [];
    const policy = policyOf(set.name, name);
    const trace = objectOf(entry.trace);
    const error = linesIn(isObject(entry.error) ? entry.error.message : entry.error) ?? linesIn(trace.error);
    const outcome = error !== undefined ? 'error' : entry.result === true ? 'pass' : 'fail';
    const message = outcome === 'pass' ? undefined : (error ?? linesIn(trace.print));
    const title = linesIn(trace.description, 200);
    return {
      ...{ policy, part: checkPart, outcome, level: levelIn(set, policy, entry, outcome === 'fail') },
      ...(title === undefined ? {} : { title }),
      ...(message === undefined ? {} : { message }),
    };
  });

const talliesOf = (result: JsonObject): readonly Tally[] =>
  (
    [
      ['passed', 'hard-mandatory', 'pass'],
      ['hard-failed', 'hard-mandatory', 'fail'],
      ['soft-failed', 'soft-mandatory', 'fail'],
      ['advisory-failed', 'advisory', 'fail'],
    ] as const
  ).flatMap(([key, level, outcome]) => {
    const count = countOf(result[key]);
    return count === 0 ? [] : [{ level, outcome, count }];
  });
