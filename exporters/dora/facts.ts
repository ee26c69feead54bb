/**
 * What the sources of this room bring. Times are ISO 8601 with an offset or `Z`; repositories are slugs
 * (catalog/repository.ts). tables.sql tells what each column means, store-facts.ts is the one way into the ledger.
 */
import { sqlTime } from '../core/time.ts';

/** queued and running come before the end, inactive after a success: it is no end. */
export type RunStatus = 'queued' | 'running' | 'success' | 'failure' | 'cancelled' | 'inactive';

export interface CommitFact {
  readonly repository: string;
  readonly sha: string;
  readonly parents: readonly string[];
  readonly authoredAt: string;
  readonly committedAt: string;
  readonly authorName: string;
  readonly authorEmail: string;
  readonly subject: string;
  /** Shas that the message says it reverts, or was cherry-picked from. */
  readonly reverts?: readonly string[];
  readonly pickedFrom?: readonly string[];
  readonly pullRequest?: number;
  /** Lines of `Key: value`. */
  readonly trailers?: string;
  /** True where a push alone tells of it: such a one gives way to the commit as its repository has it. */
  readonly isPartial?: boolean;
}

export interface TagFact {
  readonly repository: string;
  readonly tag: string;
  readonly sha: string;
  readonly taggedAt: string;
  /** When it was seen to be so; taggedAt unless given. A tag that has moved needs it. */
  readonly updatedAt?: string;
}

export interface DeploymentFact {
  /** The source's own id. */
  readonly deployment: string;
  readonly repository: string;
  readonly environment: string;
  readonly sha?: string;
  readonly ref?: string;
  readonly version?: string;
  readonly service?: string;
  readonly team?: string;
  readonly task?: string;
  readonly actor?: string;
  readonly labels?: readonly string[];
  readonly url?: string;
  readonly changedProduction?: boolean;
  readonly isPlanned?: boolean;
  readonly incident?: string;
  readonly rollsBackTo?: string;
  readonly createdAt: string;
  /** When the source says that this was so; createdAt unless given. */
  readonly updatedAt?: string;
  readonly statuses: readonly { readonly status: RunStatus; readonly at: string }[];
  /** Where it brings several repositories: all of them, its own too. */
  readonly commits?: readonly { readonly repository: string; readonly sha: string }[];
}

export interface PullRequestFact {
  readonly repository: string;
  readonly number: number;
  readonly title: string;
  readonly author: string;
  readonly isBot: boolean;
  readonly state: 'open' | 'merged' | 'closed';
  readonly base: string;
  readonly head: string;
  readonly headSha?: string;
  readonly mergeSha?: string;
  readonly reverts?: number;
  readonly labels?: readonly string[];
  readonly url?: string;
  readonly firstCommitAt?: string;
  readonly createdAt: string;
  readonly readyAt?: string;
  readonly firstReviewAt?: string;
  readonly approvedAt?: string;
  readonly mergedAt?: string;
  readonly closedAt?: string;
  readonly updatedAt: string;
  readonly commits?: readonly { readonly sha: string; readonly authoredAt: string; readonly committedAt: string }[];
}

export interface PipelineRunFact {
  readonly run: string;
  readonly repository: string;
  readonly pipeline: string;
  readonly branch: string;
  readonly event: string;
  readonly sha: string;
  readonly attempt: number;
  readonly status: RunStatus;
  readonly url?: string;
  readonly queuedAt: string;
  readonly startedAt?: string;
  readonly finishedAt?: string;
  readonly updatedAt: string;
}

export interface IncidentFact {
  readonly incident: string;
  readonly title: string;
  readonly service?: string;
  readonly team?: string;
  readonly repository?: string;
  readonly environment?: string;
  readonly severity?: string;
  readonly status: 'open' | 'resolved' | 'cancelled';
  readonly isDeleted?: boolean;
  /** The deployment that caused it, where the incident says so: `SOURCE:ID`, or an id alone. */
  readonly deployment?: string;
  readonly rootCauseSha?: string;
  readonly labels?: readonly string[];
  readonly url?: string;
  readonly startedAt: string;
  readonly resolvedAt?: string;
  readonly updatedAt: string;
}

export interface ExternalMetricFact {
  readonly tool: 'linearb' | 'sleuth' | 'cortex' | 'datadog' | 'gitlab';
  readonly metric: 'change_lead_time' | 'deployments' | 'change_fail_ratio' | 'recovery_time' | 'rework_ratio';
  readonly statistic: 'p50' | 'p75' | 'p90' | 'mean' | '';
  readonly team?: string;
  readonly service?: string;
  readonly periodStart: string;
  readonly periodEnd: string;
  /** Seconds, a count, or a ratio. */
  readonly value: number;
  /** When it was asked for. */
  readonly updatedAt: string;
}

export interface Facts {
  readonly commits?: readonly CommitFact[];
  readonly tags?: readonly TagFact[];
  readonly deployments?: readonly DeploymentFact[];
  readonly pullRequests?: readonly PullRequestFact[];
  readonly pipelineRuns?: readonly PipelineRunFact[];
  readonly incidents?: readonly IncidentFact[];
  readonly externalMetrics?: readonly ExternalMetricFact[];
}

/** A time of any offset as the ledger keeps it: naive UTC. Throws RangeError for what is no time. */
export function utc(at: string): string {
  const parsed = new Date(at);
  if (Number.isNaN(parsed.getTime())) throw new RangeError(`no time: ${at}`);
  return sqlTime(parsed);
}
