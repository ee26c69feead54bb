/** Lead times from the demo's own events, by the definition and by none of the project's SQL. */
import type { Delivery, DemoPullRequest } from '../../exporters/demo/delivery.ts';

export interface ToldChange {
  readonly service: string;
  readonly deployment: string;
  /** When the deployment that brought it ended. */
  readonly at: Date;
  /** From the first commit of its pull request, else its own author date. */
  readonly seconds: number;
  /** Why it has no lead time: of a bot, or a date of its own is after the deployment's end; '' where it has one. */
  readonly excluded: 'bot' | 'after_deployment' | '';
  readonly pullRequest: DemoPullRequest | undefined;
}

/** What each successful deployment brought that no one before it had; the first of a service has nothing before it. */
export function changesOf({ deployments, commits, pullRequests }: Delivery): readonly ToldChange[] {
  const commitOf = new Map(commits.map(one => [one.sha, one]));
  const mergedBy = new Map(pullRequests.map(one => [one.mergeSha, one]));
  const changes: ToldChange[] = [];
  for (const [service, own] of Map.groupBy(deployments, one => one.service)) {
    const known = new Set<string>();
    const ordered = own
      .filter(({ status, sha }) => status === 'success' && sha !== undefined)
      .toSorted((a, b) => a.finishedAt.getTime() - b.finishedAt.getTime());
    for (const [index, { id, sha, finishedAt: at }] of ordered.entries()) {
      for (
        let commit = commitOf.get(sha ?? '');
        commit !== undefined && !known.has(commit.sha);
        commit = commitOf.get(commit.parents[0] ?? '')
      ) {
        known.add(commit.sha);
        const pullRequest = mergedBy.get(commit.sha);
        const clock = pullRequest?.firstCommitAt ?? commit.authoredAt;
        const seconds = Math.floor(at.getTime() / 1000) - Math.floor(clock.getTime() / 1000);
        const isBot = commit.author.endsWith('[bot]');
        const excluded = isBot ? 'bot' : clock > at || commit.committedAt > at ? 'after_deployment' : '';
        if (index > 0) changes.push({ service, deployment: id, at, seconds, excluded, pullRequest });
      }
    }
  }
  return changes;
}

/** Between the two nearest of the sorted values, as quantile_cont has it. */
export function quantileOf(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  const position = (sorted.length - 1) * share;
  const [low = Number.NaN, high = low] = [sorted[Math.floor(position)], sorted[Math.ceil(position)]];
  return low + (high - low) * (position - Math.floor(position));
}
