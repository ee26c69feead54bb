/**
 * GitHub: deployments with their statuses, workflow runs, pull requests with commits and reviews, issues that are
 * incidents, releases, and where there is no clone commits. Repository by repository, kind by kind; what may not be read
 * is told once, and holds nothing else up.
 */
import { wildcard } from '../../../catalog/wildcard.ts';
import type { Batch, PullSource, SourceContext } from '../../../core/source.ts';
import { type ClientOptions, githubClient } from '../../../vendors/github/client.ts';
import { PlumblineError } from '../../../vendors/github/errors.ts';
import { noteBackfill } from '../../marks.ts';
import type { DeploymentsFrom, GitHubConfig } from './config.ts';
import { type Cursor, cursorOf, iso, type RepositoryState } from './cursor.ts';
import { planRefresh } from './plan.ts';
import { readCommits } from './read-commits.ts';
import { readDeployments } from './read-deployments.ts';
import { readIssues } from './read-issues.ts';
import { readPullRequests } from './read-pull-requests.ts';
import { readReleases } from './read-releases.ts';
import { readRuns } from './read-runs.ts';
import type { Reader } from './reading.ts';
import { listRepositories } from './repositories.ts';
import { type News, storeOf } from './store.ts';

export { githubWebhooks } from './webhooks.ts';

const refusals = ['GITHUB_NOT_FOUND', 'GITHUB_FORBIDDEN'];
/** What ends a refresh, for it stands in the way of every repository. */
const ends = ['GITHUB_UNAUTHORIZED', 'GITHUB_RATE_LIMITED', 'GITHUB_APP_KEY', 'GITHUB_APP_INSTALLATION'];

/** The source. Errors of a refresh: those of the client; one that concerns a single repository comes after the others. */
export function githubSource(config: GitHubConfig, options: ClientOptions = {}): PullSource {
  const { name } = config;
  const store = storeOf(config);
  return {
    kind: 'pull',
    name,
    everySeconds: config.every,
    plan: ({ ledger }) => ledger.read(reader => planRefresh(reader, config)),
    batches: async function* (context, before) {
      const client = githubClient(config, { log: context.log, signal: context.signal, ...options });
      const batch = (cursor: Cursor, news: News, more?: Batch['write']): Batch => ({
        cursor,
        write: async tx => {
          await more?.(tx);
          return store(tx, news, context.now());
        },
      });
      let cursor = cursorOf(before);
      const found = await listRepositories(client, config, { listed: cursor.listed, now: context.now() });
      const { repositories, listed } = found;
      // What is read no more would be read from where it was left, should it come again.
      cursor = { ...cursor, listed };
      const faults: unknown[] = [];
      let refused = 0;
      for (const [index, repository] of repositories.entries()) {
        context.progress(index, repositories.length, 'repositories');
        const [owner = '', short = ''] = repository.split('/');
        let state = cursor.repositories[repository] ?? begin(config, context);
        const put = (next: RepositoryState) => {
          state = next;
          cursor = { ...cursor, repositories: { ...cursor.repositories, [repository]: next } };
          return cursor;
        };
        const isFirst = cursor.repositories[repository] === undefined;
        if (isFirst)
          yield batch(put(state), { records: 0 }, async tx => {
            await noteBackfill(tx, name, repository, 'running');
            return { records: 0, changed: 0, rejected: {} };
          });
        const kinds = readersOf(config, repository);
        let isWhole = true;
        let missing = 0;
        for (const [kind, read] of kinds) {
          try {
            for await (const step of read({ client, config, context, repository, owner, name: short, state }))
              yield batch(put(step.state), step.news);
            if (state.refused[kind] !== undefined) {
              const { [kind]: _, ...left } = state.refused;
              yield batch(put({ ...state, refused: left }), { records: 0 });
            }
          } catch (error) {
            context.signal.throwIfAborted();
            const { code, message } = error as Partial<InstanceType<typeof PlumblineError>>;
            if (ends.includes(code ?? '')) throw error;
            if (!(error instanceof PlumblineError) || !refusals.includes(error.code)) {
              faults.push(error);
              isWhole = false;
              continue;
            }
            if (code === 'GITHUB_NOT_FOUND') missing += 1;
            if (state.refused[kind] === error.code) continue;
            context.log.warn({ repository, kind, reason: message }, 'GitHub refuses to tell');
            const unread = { file: `${repository} ${kind}`, reason: 'no_access', value: error.message.slice(0, 200) };
            yield batch(put({ ...state, refused: { ...state.refused, [kind]: error.code } }), {
              unread: [unread],
              records: 0,
            });
          }
        }
        if (missing === kinds.length) refused += 1;
        if (!state.isRead && isWhole)
          yield batch(put({ ...state, isRead: true }), { records: 0 }, async tx => {
            await noteBackfill(tx, name, repository, 'done');
            return { records: 0, changed: 0, rejected: {} };
          });
      }
      context.progress(repositories.length, repositories.length, 'repositories');
      if (refused > 0 && refused === repositories.length)
        throw new PlumblineError('GITHUB_NOT_FOUND', {
          identity: client.identity,
          url: repositories.join(', ').slice(0, 200),
        });
      if (faults.length > 0) throw faults[0];
      yield batch(cursor, { records: 0 });
    },
  };
}

/** The first reading goes back to the first day of a month. */
function begin({ months }: GitHubConfig, context: SourceContext): RepositoryState {
  const now = context.now();
  const since = Date.UTC(now.getUTCFullYear(), now.getUTCMonth() - months, 1);
  return { since: iso(since), isRead: false, refused: {} };
}

/** What is read of a repository. Commits come last, for what was deployed is wanted of them. */
function readersOf(config: GitHubConfig, repository: string): [string, Reader][] {
  const has = (kind: DeploymentsFrom['kind']) =>
    config.deployments_from.some(rule => rule.kind === kind && wildcard(rule.repositories, true)(repository));
  const readers: [string, Reader, boolean][] = [
    ['deployments', readDeployments, has('deployments')],
    ['runs', readRuns, config.pipeline_runs || has('workflow_runs')],
    ['pull requests', readPullRequests, true],
    ['issues', readIssues, config.incident_labels.length > 0],
    ['releases', readReleases, has('releases')],
    ['commits', readCommits, config.commits],
  ];
  return readers.flatMap(([kind, reader, isRead]) => (isRead ? [[kind, reader]] : []));
}
