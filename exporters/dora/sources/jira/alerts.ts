/**
 * Alerts of Jira Service Management operations (Opsgenie's successor) as incidents: those created in the history by
 * windows, then those that were changed since. The list doesn't say when an alert was closed: it is when it was changed
 * last, as it is first seen closed. Source: "List alerts" of the operations API (experimental): offset + size below
 * 20,000, `from` and `to` in ms by when they were created.
 */
import { z } from 'zod';
import { keepRejections, type Rejection } from '../../../core/rejections.ts';
import type { Batch, SourceContext } from '../../../core/source.ts';
import { PlumblineError } from '../../errors.ts';
import { type IncidentReport, storeReports } from '../../reports.ts';
import { translator } from '../../service-words.ts';
import type { JiraIncidentsConfig } from './config.ts';
import type { AlertsCursor, JiraCursor, JiraRead } from './cursor.ts';
import { cloudIdOf } from './services.ts';

/** Alerts and issues are of one source. */
export const alertPrefix = 'alert:';

const dayMs = 86_400_000;
const pageSize = 100;
const mostRecords = 20_000;
const overlapMs = 3_600_000;

const listSchema = z.looseObject({ values: z.array(z.unknown()) });
const time = z.iso.datetime({ offset: true });
const alertSchema = z.looseObject({
  id: z.string().min(1),
  tinyId: z.string().nullish(),
  message: z.string().nullish(),
  status: z.string(),
  priority: z.string().nullish(),
  entity: z.string().nullish(),
  source: z.string().nullish(),
  tags: z.array(z.string()).nullish(),
  createdAt: time,
  updatedAt: time.nullish(),
});
type Alert = z.infer<typeof alertSchema>;

/** Errors: JIRA_ALERTS, and those of the client. */
export async function* alertBatches(read: JiraRead, before: JiraCursor): AsyncGenerator<Batch> {
  const { config, context } = read;
  const list = await lister(read);
  const start = context.now().getTime();
  let alerts = before.alerts ?? {
    createdThrough: start - config.history_days * dayMs,
    changedThrough: start,
  };
  const batch = (records: readonly unknown[], after: AlertsCursor): Batch => ({
    cursor: { ...before, alerts: after } satisfies JiraCursor,
    write: tx => store(tx, config, records, context.now()),
  });
  if (before.alerts === undefined || alerts.createdThrough < alerts.changedThrough) {
    const end = alerts.changedThrough;
    for (let from = alerts.createdThrough; from < end; from += 30 * dayMs) {
      const to = Math.min(from + 30 * dayMs, end);
      for await (const records of createdIn(list, from, to)) yield batch(records, { ...alerts, createdThrough: from });
      alerts = { ...alerts, createdThrough: to };
      yield batch([], alerts);
    }
  }
  const since = alerts.changedThrough - overlapMs;
  for (let offset = 0; offset + pageSize < mostRecords; offset += pageSize) {
    const records = await list({ ...{ sort: 'updatedAt', order: 'desc' }, offset });
    yield batch(records, alerts);
    const isOld = records.every(record => changeOf(record) < since);
    if (records.length < pageSize || isOld) break;
  }
  yield batch([], { createdThrough: start, changedThrough: start });
}

const changeOf = (record: unknown): number => {
  const { updatedAt, createdAt } = (record ?? {}) as { readonly updatedAt?: string; readonly createdAt?: string };
  return Date.parse(updatedAt ?? createdAt ?? '');
};

type Lister = (query: Readonly<Record<string, string | number>>) => Promise<readonly unknown[]>;

async function lister({ client, config }: JiraRead): Promise<Lister> {
  const cloudId = await cloudIdOf(client, config);
  if (cloudId === undefined) throw new PlumblineError('JIRA_ALERTS', { reason: 'the site does not say its cloud id' });
  const path = `${config.operations_url}/jsm/ops/api/${cloudId}/v1/alerts`;
  const headers = { 'x-experimentalapi': 'opt-in' };
  const filter = config.alerts?.query === undefined ? {} : { query: config.alerts.query };
  return async query => {
    const answer = await client.ask({ path, query: { ...filter, ...query, size: pageSize }, headers });
    const said = listSchema.safeParse(answer);
    if (said.success) return said.data.values;
    throw new PlumblineError('JIRA_ALERTS', {
      reason: answer === undefined ? 'there are none (404)' : 'it is no list',
    });
  };
}

/** Alerts created in a window, oldest first; a window that has too many is halved. */
async function* createdIn(list: Lister, from: number, to: number): AsyncGenerator<readonly unknown[]> {
  for (let offset = 0; ; offset += pageSize) {
    if (offset + pageSize >= mostRecords) {
      if (to - from <= 1000)
        throw new PlumblineError('JIRA_ALERTS', { reason: `${mostRecords} alerts are of one second` });
      const middle = from + Math.floor((to - from) / 2);
      yield* createdIn(list, from, middle);
      yield* createdIn(list, middle, to);
      return;
    }
    const records = await list({ ...{ from, to, sort: 'createdAt', order: 'asc' }, offset });
    yield records;
    if (records.length < pageSize) return;
  }
}

async function store(
  tx: Parameters<typeof storeReports>[0],
  config: JiraIncidentsConfig,
  records: readonly unknown[],
  now: ReturnType<SourceContext['now']>,
) {
  const rejections: Rejection[] = [];
  const alerts = records.flatMap(record => {
    const read = alertSchema.safeParse(record);
    if (read.success) return [read.data];
    const id = String((record as { readonly id?: unknown } | null)?.id ?? 'without an id');
    const value = z.prettifyError(read.error).replace(/\s+/g, ' ');
    rejections.push({ file: `alert ${id}`, reason: 'unreadable_alert', value });
    return [];
  });
  const closed = await closedBefore(tx, config.name, alerts);
  const affectedOf = translator(config.services);
  const reports = alerts.map((alert): IncidentReport => {
    const { entity, source } = alert;
    const updatedAt = alert.updatedAt ?? alert.createdAt;
    const isClosed = alert.status.toLowerCase() === 'closed';
    return {
      incident: {
        incident: `${alertPrefix}${alert.id}`,
        title: alert.message ?? '',
        severity: alert.priority ?? '',
        status: isClosed ? 'resolved' : 'open',
        labels: alert.tags ?? [],
        startedAt: alert.createdAt,
        ...(isClosed ? { resolvedAt: closed.get(alert.id) ?? updatedAt } : {}),
        updatedAt,
      },
      affected: entity ? [affectedOf({ name: entity, aliases: [source ?? '', ...(alert.tags ?? [])] })] : [],
    };
  });
  const changed = await storeReports(tx, config.name, reports, now, { present: true });
  const read = [...alerts.map(({ id }) => `alert ${id}`), ...rejections.map(({ file }) => file)];
  return {
    records: records.length,
    changed,
    rejected: await keepRejections(tx, config.name, { read, rejections }, now),
  };
}

/** When alerts that are known as closed were closed: a note that is added later doesn't close them anew. */
async function closedBefore(
  tx: Parameters<typeof storeReports>[0],
  source: string,
  alerts: readonly Alert[],
): Promise<ReadonlyMap<string, string>> {
  if (alerts.length === 0) return new Map();
  const rows = await tx.all(
    `SELECT incident, strftime(resolved_at, '%Y-%m-%dT%H:%M:%S.%gZ') AS closed FROM (
       SELECT * FROM incidents
       WHERE source = $source AND list_contains(from_json($ids::JSON, '["VARCHAR"]'), incident)
       QUALIFY row_number() OVER (PARTITION BY incident ORDER BY updated_at DESC, learned_at DESC) = 1
     ) WHERE status = 'resolved'`,
    { source, ids: JSON.stringify(alerts.map(({ id }) => `${alertPrefix}${id}`)) },
  );
  return new Map(rows.map(({ incident, closed }) => [String(incident).slice(alertPrefix.length), String(closed)]));
}
