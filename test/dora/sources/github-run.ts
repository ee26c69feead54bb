/** A dora exporter that reads the GitHub of a test, without pace and waits, into a ledger in memory. */
import assert from 'node:assert/strict';
import { createHmac, randomUUID } from 'node:crypto';
import type { TestContext } from 'node:test';
import { pino } from 'pino';
import { buildCatalog } from '../../../exporters/catalog/catalog.ts';
import { ownershipSchema } from '../../../exporters/catalog/config.ts';
import { buildOwnership } from '../../../exporters/catalog/ownership.ts';
import { type Ledger, openLedger } from '../../../exporters/core/ledger.ts';
import { commitBatch, type RefreshResult, refreshSource } from '../../../exporters/core/refresh.ts';
import type { BatchCounts, PushSource } from '../../../exporters/core/source.ts';
import { doraSchema } from '../../../exporters/dora/config.ts';
import { doraExporter } from '../../../exporters/dora/index.ts';
import { githubSource } from '../../../exporters/dora/sources/github/index.ts';
import { token, type World } from '../vendors/github.ts';

export const secret = 'webhook-secret-webhook-secret';

export interface Delivery {
  readonly event: string;
  readonly id: string;
  readonly body: string;
}

export const delivery = (event: string, payload: unknown, id: string = randomUUID()): Delivery => ({
  ...{ event, id, body: JSON.stringify(payload) },
});

export interface GitHubRun {
  readonly ledger: Ledger;
  readonly waits: number[];
  readonly logged: () => string;
  /** Refreshes the source; an instant may be given, else each refresh is a minute after the last. */
  readonly refresh: (now?: string) => Promise<RefreshResult>;
  /** As `refresh`, but the process is killed after so many batches. */
  readonly killedAfter: (batches: number) => Promise<void>;
  /** What the server does with a post. Undefined where it would answer 401. */
  readonly post: (one: Delivery, signedWith?: string, contentType?: string) => Promise<BatchCounts | undefined>;
  readonly plan: () => Promise<string>;
  readonly rows: (sql: string) => Promise<Record<string, unknown>[]>;
}

export async function githubRun(
  t: TestContext | { readonly after: (end: () => Promise<void>) => void },
  world: Pick<World, 'url'>,
  config: Readonly<Record<string, unknown>> = {},
  options: { readonly now?: string; readonly retries?: number } = {},
): Promise<GitHubRun> {
  const lines: string[] = [];
  const waits: number[] = [];
  const log = pino({ level: 'debug' }, { write: (line: string) => void lines.push(line) });
  let instant = Date.parse(options.now ?? '2026-11-26T12:00:00Z');
  // Every look at the clock is a millisecond later, as in life.
  const now = () => new Date(instant++);
  const section = doraSchema.parse({
    github: [{ url: world.url, token, repositories: ['acme/shop'], webhook_secrets: [{ secret }], ...config }],
  });
  const exporter = doraExporter(section, buildOwnership(buildCatalog([]), ownershipSchema.parse({})), { now });
  const ledger = await openLedger({ path: ':memory:', tables: exporter.tables, threads: 1 });
  t.after(async () => {
    await ledger.close();
    assert.ok(!lines.join('').includes(token), 'the token was logged');
  });
  await ledger.write(async tx => {
    await exporter.prepare?.(tx, { now, log });
    await exporter.derive?.(tx, { now, log });
  });
  const source = githubSource(section.github[0]!, {
    sleep: async ms => void waits.push(ms),
    paced: false,
    retryUnitMs: 1,
    retries: options.retries ?? 1,
  });
  const push = exporter.sources.find((one): one is PushSource => one.kind === 'push' && one.name.endsWith('-webhooks'));
  const context = { exporter, ledger, log, now, signal: new AbortController().signal, progress: () => undefined };
  return {
    ledger,
    waits,
    logged: () => lines.join(''),
    refresh: async at => {
      instant = at === undefined ? instant + 60_000 : Date.parse(at);
      return refreshSource(source, context);
    },
    killedAfter: async batches => {
      const text = await ledger.read(reader =>
        reader.scalar('SELECT cursor::VARCHAR FROM cursors WHERE source = $source', { source: source.name }),
      );
      let done = 0;
      for await (const batch of source.batches(context, typeof text === 'string' ? JSON.parse(text) : undefined)) {
        if (done === batches) return;
        await commitBatch(source.name, batch, context);
        done += 1;
      }
    },
    post: async ({ event, id, body }, signedWith = secret, contentType = 'application/json') => {
      instant += 1000;
      const bytes = Buffer.from(body);
      const signature = `sha256=${createHmac('sha256', signedWith).update(bytes).digest('hex')}`;
      const headers = {
        ...{ 'x-github-event': event, 'x-github-delivery': id, 'x-hub-signature-256': signature },
        'content-type': contentType,
      };
      const principal = await push?.verify?.(bytes, headers);
      if (!push || !principal) return undefined;
      return commitBatch(push.name, await push.accept(context, { body: bytes, headers, principal }), context);
    },
    plan: async () => (await source.plan!({ ledger, now })).text,
    rows: sql => ledger.read(reader => reader.all(sql)),
  };
}

/** Statements, by what tells one thing from another; the newest holds. When they were made is left out. */
const statements: Readonly<Record<string, readonly string[]>> = {
  deployments: ['source', 'deployment'],
  pull_requests: ['source', 'repository', 'number'],
  pipeline_runs: ['source', 'run'],
  incidents: ['source', 'incident'],
  tags: ['repository', 'tag'],
};
const sets = ['deployment_statuses', 'deployment_commits', 'pull_request_commits', 'commits'];

/** What the ledger says of each thing, in a stable order; equal ledgers give equal texts. */
export async function ledgerOf({ ledger }: Pick<GitHubRun, 'ledger'>): Promise<Record<string, string[]>> {
  const found: Record<string, string[]> = {};
  await ledger.read(async reader => {
    const read = async (table: string, from: string) => {
      const rows = await reader.all(from);
      found[table] = rows.map(({ learned_at: _, updated_at: __, ...row }) => JSON.stringify(row));
    };
    for (const [table, identity] of Object.entries(statements))
      await read(
        table,
        `FROM ${table} QUALIFY row_number() OVER (
           PARTITION BY ${identity.join(', ')} ORDER BY updated_at DESC, learned_at DESC) = 1
         ORDER BY ${identity.join(', ')}`,
      );
    for (const table of sets) await read(table, `SELECT * EXCLUDE learned_at FROM ${table} ORDER BY ALL`);
  });
  return found;
}
