/**
 * Which deployment an incident is linked to: the one that it names, else the one that brought the commit it names, else
 * the newest of its service within a limit. Never whatever happened to deploy last.
 */
import type { LaneDeployment } from '../verdicts/lane.ts';
import type { Rollback } from '../verdicts/rollbacks.ts';

export interface Incident {
  /** The deployment that it names; '' where none. */
  readonly deployment: string;
  readonly rootCauseSha: string;
  /** '' where no word and no repository tells one. */
  readonly service: string;
  /** The production that it is in; undefined where it says another environment. */
  readonly environment: string | undefined;
  readonly startedAt: number;
}

export type Unmatched = 'no_service' | 'no_deployment' | 'unknown_deployment' | 'unknown_commit' | 'not_production';

export interface Link {
  /** '' where none matched. */
  readonly deployment: string;
  readonly reason: 'names_deployment' | 'names_commit' | 'service_and_time' | Unmatched;
  /** 0..1; 0 where none matched. */
  readonly confidence: number;
  /** The end of the deployment that time has told; undefined where something else has, or nothing. */
  readonly finishedAt?: number;
}

export interface Candidates {
  /** A deployment of the name or the id, undefined where there is none. */
  readonly named: string | undefined;
  /** The first deployment that brought the commit. */
  readonly brought: string | undefined;
  readonly lane: readonly LaneDeployment[];
  /** Those of the lane. What they return to is known to have worked; what they withdraw went wrong together. */
  readonly rollbacks: readonly Rollback[];
}

export function linkOf(incident: Incident, candidates: Candidates, limitHours: number): Link {
  const unmatched = (reason: Unmatched): Link => ({ deployment: '', reason, confidence: 0 });
  if (incident.environment === undefined) return unmatched('not_production');
  if (candidates.named !== undefined)
    return { deployment: candidates.named, reason: 'names_deployment', confidence: 1 };
  if (candidates.brought !== undefined)
    return { deployment: candidates.brought, reason: 'names_commit', confidence: 0.95 };
  // What it names may still come to be known; to guess meanwhile would blame another.
  if (incident.deployment !== '') return unmatched('unknown_deployment');
  if (incident.rootCauseSha !== '') return unmatched('unknown_commit');
  if (incident.service === '') return unmatched('no_service');
  const { lane, rollbacks } = candidates;
  const changed = lane.filter(
    ({ deployment, outcome, changedProduction }) =>
      (outcome === 'success' || changedProduction === true) &&
      !rollbacks.some(rollback => rollback.deployment.deployment === deployment),
  );
  // One may break what it changes before it has finished.
  const near = changed.filter(
    ({ startedAt, finishedAt }) =>
      startedAt <= incident.startedAt && incident.startedAt - finishedAt <= limitHours * 3_600_000,
  );
  const newest = near.toSorted((a, b) => b.finishedAt - a.finishedAt || (a.deployment < b.deployment ? -1 : 1))[0];
  if (newest === undefined) return unmatched('no_deployment');
  const failure = rollbacks.find(
    ({ deployment, withdrawn }) =>
      withdrawn.some(one => one.deployment === newest.deployment) && deployment.finishedAt >= incident.startedAt,
  )?.withdrawn[0];
  const isFailureNear = near.some(({ deployment }) => deployment === failure?.deployment);
  return {
    ...{ deployment: (isFailureNear ? failure! : newest).deployment, reason: 'service_and_time' },
    ...{ confidence: near.length === 1 || isFailureNear ? 0.8 : 0.5, finishedAt: newest.finishedAt },
  };
}

/** Of the links that one incident has in several productions that of the newest deployment, the less sure for it. */
export function likeliest<T extends Link>(links: readonly T[]): T {
  const matched = links.filter(({ deployment }) => deployment !== '');
  const [newest] = matched.toSorted((a, b) => (b.finishedAt ?? 0) - (a.finishedAt ?? 0));
  if (newest === undefined) return links[0]!;
  return matched.length === 1 ? newest : { ...newest, confidence: Math.min(newest.confidence, 0.5) };
}
