/** The demo company's delivery as its pipelines write it down: events in a file a month, as POST /push/dora/events takes them. */
import { type Delivery, delivery } from './delivery.ts';

const said = (at: Date) => at.toISOString();

/** JSON lines by file name; an event stands in the month in which it was told last. */
export function eventFiles(span: { readonly from: Date; readonly until: Date }): Readonly<Record<string, string>> {
  const files = new Map<string, string[]>();
  for (const { at, event } of eventsOf(delivery(span))) {
    const name = `${said(at).slice(0, 7)}.jsonl`;
    const lines = files.get(name) ?? [];
    lines.push(JSON.stringify(event));
    files.set(name, lines);
  }
  return Object.fromEntries([...files].map(([name, lines]) => [name, `${lines.join('\n')}\n`]));
}

interface Told {
  readonly at: Date;
  readonly event: Readonly<Record<string, unknown>>;
}

function eventsOf({ commits, pullRequests, deployments, incidents, pipelineRuns }: Delivery): Told[] {
  return [
    ...commits.map(({ repository, sha, parents, authoredAt, committedAt, author, subject }) => ({
      at: committedAt,
      event: {
        ...{ type: 'commit', repository, sha, parents, author_name: author, message: subject },
        ...{ authored_at: said(authoredAt), committed_at: said(committedAt) },
      },
    })),
    ...pullRequests.map(({ repository, number, title, author, isBot, labels, mergeSha, commits: own, ...times }) => ({
      at: times.mergedAt,
      event: {
        ...{ type: 'pull_request', repository, number, title, author, is_bot: isBot, labels, state: 'merged' },
        ...{ base: 'main', head: `change-${number}`, merge_sha: mergeSha, first_commit_at: said(times.firstCommitAt) },
        ...{ created_at: said(times.createdAt), first_review_at: said(times.firstReviewAt) },
        ...{ approved_at: said(times.approvedAt), merged_at: said(times.mergedAt) },
        commits: own.map(commit => ({
          ...{ sha: commit.sha, authored_at: said(commit.authoredAt), committed_at: said(commit.committedAt) },
        })),
      },
    })),
    ...deployments.map(({ id, repository, service, sha, version, labels, status, startedAt, finishedAt, ...more }) => ({
      at: finishedAt,
      event: {
        ...{ type: 'deployment', id, repository, service, environment: 'production', sha, version, labels, status },
        ...{ started_at: said(startedAt), finished_at: said(finishedAt), changed_production: more.changedProduction },
        ...{ is_planned: more.isPlanned, incident: more.incident, task: 'deploy' },
      },
    })),
    ...incidents.map(({ id, title, service, severity, startedAt, resolvedAt }) => ({
      at: resolvedAt ?? startedAt,
      event: {
        ...{ type: 'incident', id, title, service, severity, environment: 'production' },
        ...{ status: resolvedAt === undefined ? 'open' : 'resolved', started_at: said(startedAt) },
        resolved_at: resolvedAt && said(resolvedAt),
      },
    })),
    ...pipelineRuns.map(({ id, repository, sha, status, startedAt, finishedAt }) => ({
      at: finishedAt,
      event: {
        ...{ type: 'pipeline_run', id, repository, sha, pipeline: 'build', branch: 'main', event: 'push', status },
        ...{ started_at: said(startedAt), finished_at: said(finishedAt) },
      },
    })),
  ];
}
