/**
 * Dependabot's alerts by GitHub's REST API: all of each organisation, enterprise and repository with the dates of their
 * life, and between two readings of all what has changed since. An unchanged list costs one request that counts for nothing.
 */
import { keepRejections, type Rejection } from '../../../core/rejections.ts';
import type { Retention } from '../../../core/retention.ts';
import type { Batch, PullSource, SourceContext } from '../../../core/source.ts';
import { isObject, wordOf } from '../../../formats/json.ts';
import { type ClientOptions, type GitHubClient, githubClient } from '../../../vendors/github/client.ts';
import { PlumblineError } from '../../../vendors/github/errors.ts';
import { type Alert, alertOf } from '../dependabot/alert.ts';
import type { DependabotApiConfig } from './config.ts';
import { type Scope, scopesOf, watchedOf } from './scopes.ts';
import { type News, storeNews } from './store.ts';

export { dependabotWebhooks } from './webhooks.ts';

export const dependabotTables = new URL('./tables.sql', import.meta.url);
export const dependabotRetention: readonly Retention[] = [
  // GitHub sends a delivery again for three days.
  { table: 'dependabot_deliveries', by: 'received_at', days: 30 },
  { table: 'dependabot_alerts', kept: 'one row an alert' },
  { table: 'dependabot_repositories', kept: 'one row a repository' },
];

interface ScopeState {
  readonly etag?: string;
  /** The newest change that is known. */
  readonly changedTo?: string;
  /** When all was read last. */
  readonly wholeAt?: string;
}

interface Cursor {
  readonly scopes: Readonly<Record<string, ScopeState>>;
}

const refusals: ReadonlySet<string> = new Set(['GITHUB_NOT_FOUND', 'GITHUB_FORBIDDEN']);
/** Changes of one second may be told on both sides of a look. */
const overlapMs = 60_000;

/** Errors of a refresh: those of the client; one that concerns a single scope comes after the others. */
export function dependabotApiSource(config: DependabotApiConfig, options: ClientOptions = {}): PullSource {
  const { name, every } = config;
  const scopes = scopesOf(config);
  return {
    kind: 'pull',
    name,
    everySeconds: every,
    plan: async () => ({
      requests: scopes.length,
      text: `Dependabot alerts of ${scopes.map(({ id }) => id).join(', ')}: what has changed every ${every} s, all of them 100 a request every ${config.full_every} h`,
    }),
    batches: async function* (context, before) {
      const client = githubClient(config, { log: context.log, signal: context.signal, ...options });
      const known = ((before ?? {}) as Partial<Cursor>).scopes ?? {};
      let states: Cursor['scopes'] = Object.fromEntries(
        scopes.flatMap(({ id }) => (known[id] === undefined ? [] : [[id, known[id]]])),
      );
      let failed: unknown;
      for (const [index, scope] of scopes.entries()) {
        context.progress(index, scopes.length, 'lists of alerts');
        try {
          const read = await readScope(client, scope, states[scope.id] ?? {}, { config, context });
          states = { ...states, [scope.id]: read.state };
          yield batchOf(read, { config, context, scope, cursor: { scopes: states } });
        } catch (error) {
          context.signal.throwIfAborted();
          if (!(error instanceof PlumblineError) || !refusals.has(error.code)) throw error;
          context.log.warn({ scope: scope.id, reason: error.message }, 'GitHub refuses to tell');
          failed ??= error;
          const refused = { file: scope.id, reason: 'no_access', value: error.message.slice(0, 200) };
          const off =
            scope.kind === 'repository' && /disabled/i.test(error.message) ? [scope.id.slice('repos/'.length)] : [];
          const news = off.length > 0 ? { scope: scope.id, alerts: [], disabled: off } : undefined;
          if (off.length > 0 && failed === error) failed = undefined;
          yield batchOf(
            { news, rejections: off.length > 0 ? [] : [refused], records: 0 },
            { config, context, scope, cursor: { scopes: states } },
          );
        }
      }
      context.progress(scopes.length, scopes.length, 'lists of alerts');
      if (failed !== undefined) throw failed;
    },
  };
}

interface Read {
  /** Undefined where nothing has changed. */
  readonly news: News | undefined;
  readonly rejections: readonly Rejection[];
  readonly records: number;
}

interface Reading {
  readonly config: DependabotApiConfig;
  readonly context: SourceContext;
}

async function readScope(
  client: GitHubClient,
  scope: Scope,
  before: ScopeState,
  { config, context }: Reading,
): Promise<Read & { readonly state: ScopeState }> {
  const began = context.now();
  const isWhole = began.getTime() - Date.parse(before.wholeAt ?? '1970-01-01') >= config.full_every * 3600_000;
  const byChange = { ...scope.parameters, sort: 'updated', direction: 'desc' };
  const look = await client.ifChanged(scope.route, { ...byChange, per_page: 1 }, isWhole ? undefined : before.etag);
  const etag = look.etag === undefined ? {} : { etag: look.etag };
  if (!isWhole && !look.isChanged)
    return { news: undefined, rejections: [], records: 0, state: { ...before, ...etag } };

  const since = isWhole ? Number.NEGATIVE_INFINITY : Date.parse(before.changedTo ?? '') - overlapMs;
  const alerts: Alert[] = [];
  const rejections: Rejection[] = [];
  const own = scope.kind === 'repository' ? scope.id.slice('repos/'.length) : undefined;
  let records = 0;
  let changedTo = before.changedTo ?? '';
  pages: for await (const { items } of client.pages(scope.route, byChange))
    for (const item of items) {
      const one = isObject(item) ? alertOf(item, own) : 'not_an_alert';
      if (typeof one !== 'string' && Date.parse(one.updatedAt) < since) break pages;
      records += 1;
      if (typeof one !== 'string' && one.repository !== '') {
        alerts.push(one);
        if (one.updatedAt > changedTo) changedTo = one.updatedAt;
      } else {
        const reason = typeof one === 'string' ? one : 'missing_subject';
        rejections.push({ file: scope.id, reason, value: isObject(item) ? (wordOf(item.html_url, 200) ?? '') : '' });
      }
    }
  const state: ScopeState = {
    ...etag,
    ...(changedTo === '' ? {} : { changedTo }),
    wholeAt: isWhole ? began.toISOString() : (before.wholeAt ?? began.toISOString()),
  };
  if (!isWhole) return { news: { scope: scope.id, alerts }, rejections, records, state };
  const watched = await repositoriesIn(client, scope, alerts, context);
  return { news: { scope: scope.id, alerts, wholeSince: began, ...watched }, rejections, records, state };
}

/** Those that have alerts, and of an organisation those that have none and could have. */
async function repositoriesIn(
  client: GitHubClient,
  scope: Scope,
  alerts: readonly Alert[],
  context: SourceContext,
): Promise<Pick<News, 'listed' | 'disabled'>> {
  const withAlerts = new Set(alerts.map(({ repository }) => repository));
  if (scope.kind === 'repository') return { listed: [...withAlerts.add(scope.id.slice('repos/'.length))] };
  if (scope.kind === 'enterprise') return { listed: [...withAlerts] };
  try {
    const watched = await watchedOf(client, String(scope.parameters.org));
    for (const { repository, isEnabled } of watched) if (isEnabled) withAlerts.add(repository);
    const disabled = watched.filter(({ isEnabled }) => !isEnabled).map(({ repository }) => repository);
    for (const repository of disabled) withAlerts.delete(repository);
    return { listed: [...withAlerts], disabled };
  } catch (error) {
    context.signal.throwIfAborted();
    if (!(error instanceof PlumblineError) || !(refusals.has(error.code) || error.code === 'GITHUB_GRAPHQL'))
      throw error;
    context.log.warn({ scope: scope.id, reason: error.message }, 'repositories without alerts are not known');
    return { listed: [...withAlerts] };
  }
}

interface BatchOptions extends Reading {
  readonly scope: Scope;
  readonly cursor: Cursor;
}

const batchOf = ({ news, rejections, records }: Read, { config, context, scope, cursor }: BatchOptions): Batch => ({
  cursor,
  write: async tx => {
    const now = context.now();
    const source = config.name;
    const staleSeconds = Math.round(config.stale * 3600);
    const changed = news === undefined ? 0 : await storeNews(tx, news, { source, now, staleSeconds });
    // What was refused before is refused until the list is read as a whole again.
    const isRead = news === undefined ? rejections.length > 0 : news.wholeSince !== undefined || rejections.length > 0;
    const rejected = isRead ? await keepRejections(tx, source, { read: [scope.id], rejections }, now) : {};
    return { records, changed, rejected };
  },
});
