/** How many requests the next refresh takes at least, and what for. */
import type { Reader as LedgerReader } from '../../../core/ledger.ts';
import type { RequestPlan } from '../../../core/source.ts';
import type { GitHubConfig } from './config.ts';
import { cursorOf } from './cursor.ts';

/** Requests of one refresh of a repository in which little is new: one a kind of things. */
export const requestsPerRepository = (config: GitHubConfig): number => {
  const kinds = new Set(config.deployments_from.map(({ kind }) => kind));
  return [
    kinds.has('deployments'),
    config.pipeline_runs || kinds.has('workflow_runs'),
    true,
    config.incident_labels.length > 0,
    kinds.has('releases'),
    config.commits,
  ].filter(Boolean).length;
};

export async function planRefresh(reader: LedgerReader, config: GitHubConfig): Promise<RequestPlan> {
  const text = await reader.scalar('SELECT cursor::VARCHAR FROM cursors WHERE source = $source', {
    source: config.name,
  });
  const { repositories: known } = cursorOf(typeof text === 'string' ? JSON.parse(text) : undefined);
  const named = config.repositories.filter(name => !/[*?]/.test(name));
  const names = new Set([...Object.keys(known), ...named.map(name => name.toLowerCase())]);
  const owners = new Set(config.repositories.filter(name => /[*?]/.test(name)).map(name => name.split('/')[0]));
  const each = requestsPerRepository(config);
  const requests = names.size * each + owners.size;
  const unread = [...names].filter(name => known[name]?.isRead !== true).length;
  const isFirst = unread > 0 || names.size === 0;
  const what = [
    `${names.size} ${names.size === 1 ? 'repository' : 'repositories'} of GitHub, ${each} requests each every ${config.every} s`,
    ...(owners.size > 0 ? [`a list of the repositories of ${[...owners].join(', ')} each hour`] : []),
    ...(isFirst
      ? [
          `the past ${config.months} months of ${names.size === 0 ? 'all of them' : unread} first: a request for 100 runs, 25 pull requests, 50 deployments`,
        ]
      : []),
  ];
  return { requests, text: what.join('; ') };
}
