/**
 * What the sources of delivery make of what is told them, as the ledger has it: the statement of each thing that holds.
 * GitLab is a local one, with a reading and webhooks; Four Keys' events and those of /push/dora/events are posted.
 */
import { pino } from 'pino';
import { buildCatalog } from '../../exporters/catalog/catalog.ts';
import { ownershipSchema } from '../../exporters/catalog/config.ts';
import { buildOwnership } from '../../exporters/catalog/ownership.ts';
import { type Ledger, openLedger } from '../../exporters/core/ledger.ts';
import { commitBatch, refreshSource } from '../../exporters/core/refresh.ts';
import type { PushRequest, PushSource } from '../../exporters/core/source.ts';
import { doraSchema } from '../../exporters/dora/config.ts';
import { doraExporter } from '../../exporters/dora/index.ts';
import { pagerSecret, requestOf, secret, week } from '../dora/sources/four-keys-events.ts';
import { shop } from '../dora/sources/gitlab-world.ts';
import { readings } from '../dora/sources/order.ts';
import { startGitLab, token } from '../dora/vendors/gitlab.ts';

const admin = { name: 'ci', role: 'admin' } as const;
type Post = Pick<PushRequest, 'body' | 'headers'>;

/** Refreshes what reads and posts to the named source; the ledger as lines. */
async function ledgerOf(
  config: unknown,
  { source, posts }: { readonly source: string; readonly posts: readonly Post[] },
): Promise<string> {
  const section = doraSchema.parse(config);
  const ownership = buildOwnership(buildCatalog([]), ownershipSchema.parse({}));
  const exporter = doraExporter(section, ownership);
  const ledger = await openLedger({ path: ':memory:', tables: exporter.tables, threads: 1 });
  const now = () => new Date('2026-10-06T00:00:00Z');
  const context = {
    exporter,
    ledger,
    now,
    log: pino({ level: 'silent' }),
    signal: new AbortController().signal,
    progress: () => undefined,
  };
  try {
    await ledger.write(async tx => exporter.prepare?.(tx, context));
    for (const one of exporter.sources)
      if (one.kind !== 'push') {
        const { error } = await refreshSource(one, context);
        if (error !== undefined) throw new Error(error);
      }
    const push = exporter.sources.find(({ name, kind }) => name === source && kind === 'push') as PushSource;
    for (const post of posts)
      await commitBatch(source, await push.accept(context, { ...post, principal: admin }), context);
    return await dump(ledger);
  } finally {
    await ledger.close();
  }
}

/** `table column=value …`, a line a row; what is absent is left out. */
async function dump(ledger: Ledger): Promise<string> {
  const found: Readonly<Record<string, readonly Readonly<Record<string, unknown>>[]>> = {
    ...(await readings({ rows: sql => ledger.read(reader => reader.all(sql)) })),
    external_metrics: await ledger.read(reader =>
      reader.all('SELECT * EXCLUDE (learned_at) FROM external_metrics ORDER BY ALL'),
    ),
    pull_request_commits: await ledger.read(reader =>
      reader.all('SELECT * EXCLUDE (learned_at) FROM pull_request_commits ORDER BY ALL'),
    ),
  };
  const isAbsent = (value: unknown) =>
    value === null || value === '' || value === false || (Array.isArray(value) && value.length === 0);
  return Object.entries(found)
    .flatMap(([table, rows]) =>
      rows.map(row =>
        [
          table,
          ...Object.entries(row).flatMap(([name, value]) =>
            isAbsent(value) ? [] : `${name}=${JSON.stringify(value)}`,
          ),
        ].join(' '),
      ),
    )
    .concat('')
    .join('\n');
}

const json = (body: unknown, headers: PushRequest['headers'] = {}): Post => ({
  body: Buffer.from(JSON.stringify(body)),
  headers,
});

export async function goldenGitLabLedger(): Promise<string> {
  const endings: (() => Promise<void>)[] = [];
  const dora = (metric: string) =>
    ({ deployment_frequency: 12, lead_time_for_changes: 7200, change_failure_rate: 0.25 })[metric] ?? null;
  const gitlab = await startGitLab(
    { after: end => void endings.push(end) },
    { projects: [shop({ dora })], pageSize: 2 },
  );
  const project = { path_with_namespace: 'Acme/Shop', default_branch: 'main' };
  const event = {
    ...{
      object_kind: 'deployment',
      status: 'success',
      status_changed_at: '2026-10-05 12:11:00 +0200',
      deployment_id: 105,
      project,
    },
    ...{
      environment: 'production',
      ref: 'main',
      commit_url: `https://gitlab/acme/shop/-/commit/${'5'.padStart(40, '0')}`,
    },
  };
  try {
    const config = { url: gitlab.url, token, projects: ['Acme/Shop'], incident_labels: ['Incident'] };
    return await ledgerOf({ gitlab: [config] }, { source: 'gitlab-webhooks', posts: [json(event)] });
  } finally {
    for (const end of endings) await end();
  }
}

export const goldenFourKeysLedger = (): Promise<string> =>
  ledgerOf(
    { four_keys: { secret, pagerduty_secret: pagerSecret } },
    { source: 'four-keys', posts: week.map(requestOf) },
  );

export const goldenEventsLedger = (): Promise<string> =>
  ledgerOf(
    {},
    {
      source: 'events',
      posts: [
        json({
          type: 'deployment',
          id: 'd-1',
          service: 'checkout',
          environment: 'production',
          status: 'running',
          started_at: '2026-10-05T11:50:00Z',
          sha: 'a'.repeat(40),
        }),
        json([
          {
            type: 'deployment',
            id: 'd-1',
            service: 'checkout',
            environment: 'production',
            status: 'failure',
            finished_at: '2026-10-05T14:00:00+02:00',
            changed_production: true,
          },
          {
            type: 'incident',
            id: 'i-1',
            service: 'checkout',
            title: 'Down',
            started_at: '2026-10-05T12:01:00Z',
            deployment: 'd-1',
          },
          {
            type: 'commit',
            repository: 'acme/shop',
            sha: 'a'.repeat(40),
            parents: [],
            authored_at: '2026-10-01T10:00:00+02:00',
            message: 'Pay (#12)',
          },
          {
            type: 'pull_request',
            repository: 'acme/shop',
            number: 12,
            title: 'Pay',
            state: 'merged',
            base: 'main',
            head: 'pay',
            created_at: '2026-10-01T08:00:00Z',
            merged_at: '2026-10-01T09:00:00Z',
          },
        ]),
        json({
          type: 'incident',
          id: 'i-1',
          service: 'checkout',
          status: 'resolved',
          resolved_at: '2026-10-05T13:00:00Z',
        }),
      ],
    },
  );
