/**
 * Workflow runs as pipeline runs; each attempt is one. Source: REST API, "Workflow runs". GitHub says of a run when it
 * was updated last and not when it ended: the first time that it was seen completed stands for its end.
 */
import { wildcard } from '../../../catalog/wildcard.ts';
import type { DeploymentFact, PipelineRunFact, RunStatus } from '../../facts.ts';
import type { DeploymentsFrom } from './config.ts';
import type { RestRun } from './shapes.ts';

const conclusions: Readonly<Record<string, RunStatus>> = {
  ...{ success: 'success', neutral: 'success', failure: 'failure', timed_out: 'failure', startup_failure: 'failure' },
  ...{ cancelled: 'cancelled', stale: 'cancelled', skipped: 'cancelled' },
  // Waits for somebody who allows it to run.
  action_required: 'queued',
};

/** What a run is to us, and what we need of it besides. */
export interface ReadRun {
  readonly fact: PipelineRunFact;
  /** The workflow's file name, such as deploy.yml; '' where it isn't told. */
  readonly file: string;
  readonly actor: string;
  readonly isSkipped: boolean;
}

/** Undefined where status or conclusion is none of GitHub's. */
export function readRun(run: RestRun, repository: string): ReadRun | undefined {
  const status = statusOfRun(run.status ?? '', run.conclusion ?? '');
  if (status === undefined) return undefined;
  const attempt = run.run_attempt ?? 1;
  const startedAt = run.run_started_at ?? run.created_at;
  return {
    file: run.path?.split('@')[0]?.split('/').at(-1) ?? '',
    actor: run.triggering_actor?.login ?? run.actor?.login ?? '',
    isSkipped: run.conclusion?.toLowerCase() === 'skipped',
    fact: {
      run: `${run.id}/${attempt}`,
      repository,
      pipeline: run.name ?? '',
      branch: run.head_branch ?? '',
      event: run.event,
      sha: run.head_sha,
      attempt,
      status,
      url: run.html_url ?? '',
      // A later attempt was queued when it began; `created_at` is the first one's.
      queuedAt: attempt === 1 ? run.created_at : startedAt,
      updatedAt: run.updated_at,
      ...(status === 'queued' ? {} : { startedAt }),
      ...(isEnd(status) ? { finishedAt: run.updated_at } : {}),
    },
  };
}

export const isEnd = (status: RunStatus): boolean => status !== 'queued' && status !== 'running';

const waiting = ['queued', 'requested', 'waiting', 'pending'];

/** A run that has a conclusion may say so in its status too, and either may be in upper case. */
function statusOfRun(told: string, concluded: string): RunStatus | undefined {
  const status = told.toLowerCase();
  if (status === 'in_progress') return 'running';
  if (waiting.includes(status)) return 'queued';
  return conclusions[concluded.toLowerCase() || status];
}

/** How far a run has come; of two statements of one second the further one is the later. */
export const progressOf = (status: RunStatus): number => (isEnd(status) ? 2 : status === 'running' ? 1 : 0);

type RunsRule = Extract<DeploymentsFrom, { readonly kind: 'workflow_runs' }>;

/** Makes deployments of the runs that a rule names; the first rule that matches. */
export function deploymentsOfRuns(rules: readonly DeploymentsFrom[]): (run: ReadRun) => DeploymentFact | undefined {
  const tests = rules
    .filter((rule): rule is RunsRule => rule.kind === 'workflow_runs')
    .map(rule => ({
      rule,
      repository: wildcard(rule.repositories, true),
      workflow: wildcard([rule.workflow], true),
      branch: wildcard(rule.branches),
      event: wildcard(rule.events),
    }));
  return ({ fact, file, actor, isSkipped }) => {
    // What never ran has deployed nothing; what is still queued may be skipped yet.
    if (isSkipped || fact.status === 'queued') return undefined;
    const found = tests.find(
      ({ repository, workflow, branch, event }) =>
        repository(fact.repository) &&
        (workflow(fact.pipeline) || (file !== '' && workflow(file))) &&
        branch(fact.branch) &&
        event(fact.event),
    );
    if (!found) return undefined;
    return {
      ...{ deployment: `run/${fact.run}`, repository: fact.repository, environment: found.rule.environment },
      ...{ sha: fact.sha, ref: fact.branch, task: fact.pipeline, actor, url: fact.url ?? '' },
      createdAt: fact.queuedAt,
      updatedAt: fact.updatedAt,
      statuses: [
        { status: 'queued', at: fact.queuedAt },
        ...(fact.startedAt === undefined ? [] : [{ status: 'running' as const, at: fact.startedAt }]),
        ...(fact.finishedAt === undefined ? [] : [{ status: fact.status, at: fact.finishedAt }]),
      ],
    };
  };
}
