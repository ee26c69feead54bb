/** Runs of workspaces: which of them are to be read, and what each says of its policies. */
import { isObject, type JsonObject, listOf, objectOf, wordOf } from '../../../formats/json.ts';
import { checkPart, type LevelOf, readCheck } from './checks.ts';
import type { TerraformClient } from './client.ts';
import { evaluationPart, readEvaluation, readSetOutcome, withOutcomes } from './evaluations.ts';
import type { Override } from './tell.ts';
import type { Engine } from './terms.ts';
import { type Evaluation, instantOf } from './verdict.ts';
import { related } from './workspaces.ts';

export interface Run {
  readonly id: string;
  readonly workspace: string;
  readonly createdAt: string;
  readonly status: string;
  readonly isPlanOnly: boolean;
  readonly isDestroy: boolean;
  readonly resource: JsonObject;
}

export function runOf(resource: JsonObject): Run | undefined {
  const attributes = objectOf(resource.attributes);
  const id = wordOf(resource.id, 200);
  const createdAt = instantOf(attributes['created-at']);
  if (resource.type !== 'runs' || id === undefined || createdAt === undefined) return undefined;
  return {
    ...{ id, createdAt, resource, status: (wordOf(attributes.status, 50) ?? '').toLowerCase() },
    workspace: wordOf(related(resource, 'workspace').id, 200) ?? '',
    isPlanOnly: attributes['plan-only'] === true,
    isDestroy: attributes['is-destroy'] === true,
  };
}

const over = new Set([
  ...['applied', 'discarded', 'errored', 'canceled', 'force_canceled', 'planned_and_finished'],
  ...['planned_and_saved', 'policy_soft_failed'],
]);
/** Nothing about it changes any more. */
export const isOver = ({ status }: Run): boolean => over.has(status);

const evaluated = new Set([
  ...['policy_checked', 'policy_override', 'policy_soft_failed', 'confirmed', 'pre_apply_running', 'apply_queued'],
  ...['pre_apply_completed', 'applying', 'applied', 'planned_and_finished', 'planned_and_saved'],
]);
/** It came as far as its policies, whether it has any or not. */
export const isEvaluated = ({ status }: Run): boolean => evaluated.has(status);

const operations = ['plan_and_apply', 'save_plan', 'refresh_only', 'destroy', 'empty_apply'];

/** An organization's runs since an instant, the oldest first. Plan-only ones are listed only where they are asked for. */
export async function runsSince(
  client: TerraformClient,
  organization: string,
  { since, speculative }: { readonly since: string; readonly speculative: boolean },
): Promise<readonly Run[]> {
  const found = new Map<string, Run>();
  const asked = speculative ? ['plan_only', ...operations] : operations;
  const path = `organizations/${encodeURIComponent(organization)}/runs`;
  for await (const { data } of client.pages(path, { 'filter[operation]': asked.join(',') })) {
    const runs = data.flatMap(one => runOf(one) ?? []);
    for (const run of runs) if (run.createdAt >= since) found.set(run.id, run);
    if (runs.some(({ createdAt }) => createdAt < since)) break;
  }
  return [...found.values()].sort((a, b) => (a.createdAt < b.createdAt ? -1 : 1));
}

/** A relation that is there and empty needs no request. */
const isEmpty = (run: Run, relation: string): boolean => {
  const { data } = objectOf(objectOf(run.resource.relationships)[relation]);
  return Array.isArray(data) && data.length === 0;
};

/** A list that is answered 404 may be one that the token must not see: what is known of its engine stands. */
const unseen = (engine: Engine, part: string): Evaluation => ({
  ...{ id: '', engine, part, state: 'failed', verdicts: [], tallies: [] },
});

interface EvaluationsAsked {
  readonly levelOf: LevelOf;
  /** Those that told of the workspace before. */
  readonly knownEngines: readonly Engine[];
}

export async function evaluationsOf(
  client: TerraformClient,
  run: Run,
  { levelOf, knownEngines }: EvaluationsAsked,
): Promise<readonly Evaluation[]> {
  const id = encodeURIComponent(run.id);
  const found: Evaluation[] = [];
  if (!isEmpty(run, 'policy-checks')) {
    const checks = await client.all(`runs/${id}/policy-checks`);
    if (checks === undefined && knownEngines.includes('sentinel')) found.push(unseen('sentinel', checkPart));
    for (const check of checks?.data ?? []) {
      const read = readCheck(check, levelOf);
      if (read !== undefined) found.push(read);
    }
  }
  if (isEmpty(run, 'task-stages')) return found;
  const stages = await client.all(`runs/${id}/task-stages`);
  if (stages === undefined && knownEngines.includes('opa')) found.push(unseen('opa', evaluationPart));
  for (const stage of stages?.data ?? []) {
    const { data } = objectOf(objectOf(objectOf(stage.relationships)['policy-evaluations']));
    if (Array.isArray(data) && data.length === 0) continue;
    const path = `task-stages/${encodeURIComponent(wordOf(stage.id) ?? '')}/policy-evaluations`;
    for (const evaluation of (await client.all(path))?.data ?? []) {
      const read = readEvaluation(evaluation);
      if (read === undefined) continue;
      if (read.state === 'open' || read.state === 'nothing') {
        found.push(read);
        continue;
      }
      const listed = await client.all(`policy-evaluations/${encodeURIComponent(read.id)}/policy-set-outcomes`);
      const outcomes = (listed?.data ?? []).flatMap(one => readSetOutcome(one) ?? []);
      found.push({ ...withOutcomes(read, outcomes), ...(listed === undefined ? { partial: 'results_missing' } : {}) });
    }
  }
  return found;
}

/** Who overrode, when, and what they said of it: no attribute of a check, but an event of the run. */
export async function overrideOf(client: TerraformClient, run: Run): Promise<Override> {
  const path = `runs/${encodeURIComponent(run.id)}/run-events`;
  const { data = [], included = [] } = (await client.all(path, { include: 'actor,comment' })) ?? {};
  const event = data.findLast(({ attributes }) => {
    const { action, description } = objectOf(attributes);
    return /overrid/i.test(`${wordOf(action) ?? ''} ${wordOf(description) ?? ''}`);
  });
  if (event === undefined) return {};
  const find = (relation: string) => {
    const { id, type } = related(event, relation);
    return objectOf(objectOf(included.find(one => one.id === id && one.type === type)).attributes);
  };
  const by = wordOf(find('actor').username, 200) ?? wordOf(related(event, 'actor').id, 200);
  const at = instantOf(objectOf(event.attributes)['created-at']);
  const comment = wordOf(find('comment').body, 300);
  return {
    ...(by === undefined ? {} : { by }),
    ...(at === undefined ? {} : { at }),
    ...(comment === undefined ? {} : { comment }),
  };
}

/** Levels of policies that are kept one by one; those of versioned sets are in no list. */
export async function levelsOf(client: TerraformClient, organization: string): Promise<ReadonlyMap<string, string>> {
  const path = `organizations/${encodeURIComponent(organization)}/policies`;
  return new Map(
    ((await client.all(path))?.data ?? []).map(({ attributes }) => {
      const { name, enforce, 'enforcement-level': level } = objectOf(attributes);
      const [first] = listOf(enforce).filter(isObject);
      return [wordOf(name, 300) ?? '', wordOf(level, 50) ?? wordOf(first?.mode, 50) ?? ''];
    }),
  );
}
