/** The deployments of one service to one production in order, with what judging them needs. Times are milliseconds. */
import type { Outcome } from '../production/attempt.ts';

export interface LaneDeployment {
  readonly deployment: string;
  readonly repository: string;
  readonly sha: string;
  readonly version: string;
  readonly ref: string;
  readonly labels: readonly string[];
  readonly outcome: Outcome;
  /** Whether one that failed changed production; null where nobody says. */
  readonly changedProduction: boolean | null;
  /** Null where nobody says. */
  readonly isPlanned: boolean | null;
  /** The incident that it was made for; '' where none. */
  readonly incident: string;
  /** The version or sha that it says it returns to; '' where none. */
  readonly rollsBackTo: string;
  readonly startedAt: number;
  readonly finishedAt: number;
  /** Deployments before it of which it brings a revert. */
  readonly reverts: readonly Reverted[];
  /** What of the pull requests that it brings says that they are a hotfix: `label hotfix of acme/shop#7`; '' where nothing. */
  readonly hotfixPullRequest: string;
  /** Whether all that it brings are cherry-picks. */
  readonly isCherryPicked: boolean;
}

export interface Reverted {
  readonly deployment: string;
  /** Such as `commit 1a2b3c reverts 4d5e6f`. */
  readonly what: string;
}

/** An incident that was linked to a deployment of the lane. */
export interface LaneIncident {
  /** `SOURCE:ID`. */
  readonly incident: string;
  readonly deployment: string;
  readonly confidence: number;
  readonly startedAt: number;
  /** Null while it is open. */
  readonly resolvedAt: number | null;
  /** Successful deployments, of whatever service, that say they were made for it. */
  readonly remedies: readonly { readonly deployment: string; readonly at: number }[];
}

export type Reason = 'rollback' | 'revert' | 'hotfix' | 'cherry_pick' | 'failed_deployment' | 'incident';

export interface Verdict {
  readonly deployment: string;
  readonly verdict: 'failed' | 'recovered' | 'rework' | 'withdrawn' | 'rollback' | 'failed_before_change' | 'broken';
  /** Of failed_before_change: `said` or `unknown`. Of rollback: `version`, `said` or `label`. */
  readonly reason: Reason | 'said' | 'unknown' | 'version' | 'label';
  /** 0..1. */
  readonly confidence: number;
  /** The deployment or incident it rests on. */
  readonly cause: string;
  /** The recovery time of `recovered`. */
  readonly seconds: number | null;
  /** When it came to be so. */
  readonly occurredAt: number;
}

export interface JudgeOptions {
  readonly remedyHours: number;
  readonly isHotfixLabel: (label: string) => boolean;
  readonly isHotfixBranch: (branch: string) => boolean;
}

/** The deployments that can be judged, in order: one that was cancelled before it changed anything is none of them. */
export const inOrder = (lane: readonly LaneDeployment[]): readonly LaneDeployment[] =>
  lane
    .filter(({ outcome, changedProduction }) => outcome !== 'cancelled' || changedProduction === true)
    .toSorted(
      (a, b) => a.finishedAt - b.finishedAt || a.startedAt - b.startedAt || (a.deployment < b.deployment ? -1 : 1),
    );
