/** What a run's evaluations tell of its workspace: findings, overrides as exceptions, modes, and what was refused. */
import { createHash } from 'node:crypto';
import type { Block, Exception, Outcome, Report, Result, ResultCount, Told } from '../../../findings/report.ts';
import { type Engine, enforcementOf, engines, type Level } from './terms.ts';
import { type Evaluation, isCutShort, type Verdict } from './verdict.ts';

export interface Override {
  readonly by?: string;
  readonly at?: string;
  readonly comment?: string;
}

export interface Subject {
  readonly scope: string;
  readonly owner: string;
  /** When it was, where its evaluations don't say. */
  readonly at: string;
  readonly url?: string;
}

export interface RunFacts extends Subject {
  readonly run: string;
  /** False where it planned what is not the workspace's own: a pull request, or its end. */
  readonly isOfWorkspace: boolean;
  /** No one can let it go on any more. */
  readonly isOver: boolean;
  readonly evaluations: readonly Evaluation[];
  readonly override?: Override;
  /** Engines that told of the workspace before: without an evaluation now, their policies are no longer there. */
  readonly knownEngines: readonly Engine[];
  /** It came as far as its policies. */
  readonly isEvaluated: boolean;
}

const isTold = ({ state }: Evaluation) => state === 'told' || state === 'overridden';
const isSoft = (level: Level) => level === 'soft-mandatory' || level === 'mandatory';

/** An override is for what failed and could be overridden; hard-mandatory policies never are. */
const outcomeIn = (
  { state }: Evaluation,
  { outcome, level }: { readonly outcome: Outcome; readonly level: Level },
): Outcome => (state === 'overridden' && outcome === 'fail' && isSoft(level) ? 'excepted' : outcome);

export function resultsOf(evaluation: Evaluation, { scope, owner, url }: Subject): readonly Result[] {
  return evaluation.verdicts.map(verdict => {
    const { policy, part, level, title, message } = verdict;
    return {
      ...{ policy, part, owner, resource: scope, outcome: outcomeIn(evaluation, verdict) },
      ...{ severity: 'unknown', originalSeverity: level, enforcement: enforcementOf(level) },
      ...(title === undefined ? {} : { title }),
      ...(message === undefined ? {} : { message }),
      ...(url === undefined ? {} : { url }),
    };
  });
}

export const countsOf = (evaluation: Evaluation, { owner }: Subject): readonly ResultCount[] =>
  evaluation.tallies.map(tally => ({
    ...{ policy: '', part: evaluation.part, owner, severity: 'unknown', count: tally.count },
    ...{ outcome: outcomeIn(evaluation, tally), enforcement: enforcementOf(tally.level) },
  }));

/** Each policy that someone let a run go on without, by the id of its check or evaluation. */
export const exceptionsOf = (
  evaluation: Evaluation,
  { scope, owner, at, url }: Subject,
  override: Override,
): Exception[] =>
  evaluation.verdicts
    .filter(verdict => outcomeIn(evaluation, verdict) === 'excepted')
    .map(({ policy }) => ({
      ...{ exception: evaluation.id, policy, owner, resource: scope, isApplied: true },
      reason: override.comment === undefined ? 'override' : `override: ${override.comment}`,
      approvedBy: override.by ?? '',
      createdAt: evaluation.overriddenAt ?? override.at ?? evaluation.at ?? at,
      ...(url === undefined ? {} : { url }),
    }));

export const digestOf = (...words: readonly string[]): string =>
  createHash('sha256').update(words.join('\n')).digest('hex');

/** All that a run tells. */
export function toldOf(facts: RunFacts): Told {
  const parts = engines.map(engine => toldOfEngine(engine, facts));
  return {
    reports: parts.flatMap(({ reports = [] }) => reports),
    exceptions: parts.flatMap(({ exceptions = [] }) => exceptions),
    policies: parts.flatMap(({ policies = [] }) => policies),
    blocks: parts.flatMap(({ blocks = [] }) => blocks),
  };
}

function toldOfEngine(engine: Engine, facts: RunFacts): Told {
  const { scope, owner, run, isOfWorkspace, isEvaluated, knownEngines } = facts;
  const all = facts.evaluations.filter(one => one.engine === engine);
  const ended = all.filter(({ state }) => state !== 'nothing');
  if (ended.some(({ state }) => state === 'open')) return {};
  const blocks = ended.filter(isTold).flatMap(one => blocksOf(one, engine, facts));
  // A run that ended before its policies tells nothing of them.
  const isSilent = ended.length === 0 && (all.length > 0 || !isEvaluated || !knownEngines.includes(engine));
  if (!isOfWorkspace || isSilent) return { blocks };
  const evaluatedAt =
    ended
      .flatMap(({ at, overriddenAt }) => [at, overriddenAt])
      .concat(ended.some(({ state }) => state === 'overridden') ? facts.override?.at : undefined)
      .filter(time => time !== undefined)
      .sort()
      .at(-1) ?? facts.at;
  const told = ended.filter(isTold);
  const results = told.flatMap(one => resultsOf(one, facts));
  const doubt = doubtIn(ended);
  const report: Report = {
    ...{ engine, scope, owner, evaluatedAt, results },
    ...(ended.length > 0 && told.length === 0
      ? { completeness: 'failed', reason: 'policy_error' }
      : doubt === undefined
        ? { completeness: 'complete' }
        : { completeness: 'partial', reason: doubt }),
    counts: told.flatMap(one => countsOf(one, facts)),
    digest: digestOf(run, engine, evaluatedAt, ...ended.map(({ id, state }) => `${id} ${state}`)),
  };
  const list = { engine, scope, readAt: evaluatedAt };
  return {
    ...{ reports: [report], blocks },
    ...(report.completeness === 'complete'
      ? {
          exceptions: [{ ...list, exceptions: told.flatMap(one => exceptionsOf(one, facts, facts.override ?? {})) }],
          policies: [{ ...list, policies: modesOf(results) }],
        }
      : {}),
  };
}

/** Why what is not listed is not known, if so. */
export function doubtIn(evaluations: readonly Evaluation[]): string | undefined {
  const broken = evaluations.find(one => one.partial !== undefined || one.state === 'failed');
  if (broken !== undefined) return broken.partial ?? 'policy_error';
  return evaluations.some(isCutShort) ? 'results_missing' : undefined;
}

const modesOf = (results: readonly Result[]) => [
  ...new Map(
    results.map(({ policy, enforcement, title }) => [
      policy,
      { policy, enforcement, ...(title === undefined ? {} : { title }) },
    ]),
  ).values(),
];

/**
 * Policies that a run was refused for: hard-mandatory ones at once, those that can be overridden once nobody can any more.
 */
function blocksOf(evaluation: Evaluation, engine: Engine, facts: RunFacts): readonly Block[] {
  const { scope, owner, run, isOver, at } = facts;
  const refuses = (verdict: Pick<Verdict, 'level' | 'outcome'>) =>
    verdict.level !== 'advisory' &&
    outcomeIn(evaluation, verdict) === 'fail' &&
    (verdict.level === 'hard-mandatory' || isOver);
  const common = { engine, scope, owner, resource: scope, enforcement: 'enforce', at: evaluation.at ?? at } as const;
  const named = evaluation.verdicts.filter(refuses).map(({ policy, level, message }) => ({
    ...common,
    ...{ id: `${run}/${policy}`, policy, message: message === undefined ? level : `${level}: ${message}` },
  }));
  const isCounted = evaluation.tallies.some(refuses);
  return isCounted ? [...named, { ...common, id: `${run}/${evaluation.id}`, policy: '*' }] : named;
}
