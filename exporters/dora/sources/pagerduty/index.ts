/**
 * PagerDuty: incidents. The first reading goes through the history by when incidents were created; from then on a
 * refresh reads what is open, what was resolved since, and by its id each one that was open and is in neither. Webhooks
 * tell the same sooner.
 */
import { createHash } from 'node:crypto';
import type { Batch, PullSource, Source, SourceContext } from '../../../core/source.ts';
import { noteBackfill } from '../../marks.ts';
import { knownIncidents, storeGone } from '../../reports.ts';
import { type ClientOptions, type PagerDutyClient, pagerDutyClient } from './client.ts';
import { apiUrl, type PagerDutyConfig, webhookSecrets } from './config.ts';
import { resolvedAt } from './incident.ts';
import { allOf, createdIn, resolvedSince, type Window } from './lists.ts';
import { type Page, readPage, storePage } from './page.ts';
import { webhookSource } from './webhooks.ts';

interface Cursor {
  /** Of the filters: what was read with others is no history of these. */
  readonly shape: string;
  /** The part of the history that is still to be read, in ms since the epoch; absent once it is read. */
  readonly backfill?: Window;
  /** What was resolved before has been read; ms since the epoch. */
  readonly resolvedThrough: number;
}

const dayMs = 86_400_000;
/** PagerDuty's lists lag behind its incidents by moments; an hour forgives a clock that is wrong, too. */
const overlapMs = 3_600_000;

/** The sources of one item of `dora.pagerduty`: its API where there is a token, and NAME-webhooks where there is a secret. */
export function pagerDutySources(config: PagerDutyConfig, client: ClientOptions = {}): readonly Source[] {
  return [
    ...(config.api_token === undefined ? [] : [apiSource(config, client)]),
    ...(webhookSecrets(config).length === 0 ? [] : [webhookSource(config)]),
  ];
}

function apiSource(config: PagerDutyConfig, client: ClientOptions): PullSource {
  const { name, history_days: days } = config;
  return {
    kind: 'pull',
    name,
    everySeconds: config.every,
    plan: async ({ ledger }) => {
      const known = await ledger.read(reader =>
        reader.scalar('SELECT cursor::VARCHAR FROM cursors WHERE source = $name', { name }),
      );
      const cursor = typeof known === 'string' ? (JSON.parse(known) as Cursor) : undefined;
      const isFirst = cursor?.shape !== shapeOf(config) || cursor.backfill !== undefined;
      return {
        requests: 2 + (isFirst ? Math.ceil(days / 180) : 0),
        text: isFirst
          ? `incidents of ${days} days, 100 a request, then those that are open or were resolved since, every ${config.every} s`
          : `incidents that are open or were resolved since, 100 a request, every ${config.every} s`,
      };
    },
    batches: async function* (context, before) {
      const api = pagerDutyClient(config, context, client);
      const start = context.now().getTime();
      let cursor = beginning(config, before as Cursor | undefined, start);
      if (cursor.backfill !== undefined) {
        for await (const batch of backfill({ api, config, context, cursor })) {
          cursor = batch.cursor as Cursor;
          yield batch;
        }
      }
      yield* changes({ api, config, context, cursor });
    },
  };
}

interface Reading {
  readonly api: PagerDutyClient;
  readonly config: PagerDutyConfig;
  readonly context: SourceContext;
  readonly cursor: Cursor;
}

function beginning(config: PagerDutyConfig, before: Cursor | undefined, now: number): Cursor {
  const shape = shapeOf(config);
  if (before?.shape === shape) return before;
  return {
    shape,
    backfill: { from: now - config.history_days * dayMs, to: now },
    // What is resolved while the history is read is read after it.
    resolvedThrough: now,
  };
}

/** What was asked for, and what it was called. */
const shapeOf = (config: PagerDutyConfig): string =>
  createHash('sha256')
    .update(
      JSON.stringify([
        [apiUrl(config), config.history_days, config.service_ids, config.team_ids],
        [config.urgencies, config.services],
      ]),
    )
    .digest('hex')
    .slice(0, 16);

async function* backfill({ api, config, context, cursor }: Reading): AsyncGenerator<Batch> {
  const { name } = config;
  const { from, to } = cursor.backfill!;
  let reached = from;
  for await (const incidents of createdIn(api, { from, to })) {
    const page = readPage(incidents);
    reached = Math.max(reached, ...page.incidents.map(({ created_at }) => Date.parse(created_at)));
    context.progress(Math.min(reached, to) - from, to - from, 'ms of history');
    yield {
      cursor: { ...cursor, backfill: { from: reached, to } } satisfies Cursor,
      write: async tx => {
        await noteBackfill(tx, name, '*', 'running');
        return storePage(tx, config, page, context.now());
      },
    };
  }
  const { backfill: _, ...done } = cursor;
  yield {
    cursor: done satisfies Cursor,
    write: async tx => {
      await noteBackfill(tx, name, '*', 'done');
      return { records: 0, changed: 0, rejected: {} };
    },
  };
}

async function* changes({ api, config, context, cursor }: Reading): AsyncGenerator<Batch> {
  const start = context.now().getTime();
  const history = { from: start - config.history_days * dayMs, to: start };
  const seen = new Set<string>();
  const batch = (page: Page, after: Cursor = cursor): Batch => {
    for (const { id } of page.incidents) seen.add(id);
    return { cursor: after, write: tx => storePage(tx, config, page, context.now()) };
  };
  for await (const incidents of allOf(api, ['triggered', 'acknowledged'], history)) yield batch(readPage(incidents));

  const since = cursor.resolvedThrough - overlapMs;
  const isBefore = (records: readonly unknown[]) => {
    const { incidents } = readPage(records);
    return incidents.length > 0 && incidents.every(incident => Date.parse(resolvedAt(incident) ?? '') < since);
  };
  for await (const incidents of resolvedSince(api, isBefore, history)) yield batch(readPage(incidents));

  const known = await context.ledger.read(reader => knownIncidents(reader, config.name));
  const missing = known.filter(({ incident, status }) => status === 'open' && !seen.has(incident));
  const found: unknown[] = [];
  const gone: string[] = [];
  for (const { incident } of missing) {
    const said = await api.incident(incident);
    if (said === undefined) gone.push(incident);
    else found.push(said);
  }
  const page = readPage(found);
  yield {
    cursor: { ...cursor, resolvedThrough: start } satisfies Cursor,
    write: async tx => {
      const counts = await storePage(tx, config, page, context.now());
      return { ...counts, changed: counts.changed + (await storeGone(tx, config.name, gone, context.now())) };
    },
  };
}
