/**
 * Reads incidents: all of them at first and at every sweep; between, those created since, those that are open, and by its
 * id each that was open and is in neither.
 */
import { keepRejections } from '../../../core/rejections.ts';
import type { Batch } from '../../../core/source.ts';
import { fromSqlTime } from '../../../core/time.ts';
import { type IncidentsPage, listIncidents, oneIncident, searchIncidents } from '../../../vendors/datadog/incidents.ts';
import { noteBackfill } from '../../marks.ts';
import { knownIncidents, storeGone, storeReports } from '../../reports.ts';
import type { DatadogIncidents } from './config.ts';
import type { DatadogCursor, DatadogRead, IncidentsCursor } from './cursor.ts';
import { failurePrefix } from './failures.ts';
import { incidentSchema, isOpen, reportOf } from './incident.ts';
import { readRecords } from './page.ts';

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;
/** Searches lag behind, and clocks may be wrong. */
const overlapMs = hourMs;

export async function* incidentBatches(
  read: DatadogRead,
  options: DatadogIncidents,
  before: DatadogCursor,
): AsyncGenerator<Batch> {
  const start = read.context.now().getTime();
  const cursor = before.incidents;
  const isSweep =
    cursor === undefined || cursor.offset !== undefined || start - cursor.sweptAt >= options.sweep_hours * hourMs;
  if (isSweep) yield* sweep(read, options, before, start);
  else yield* changes(read, options, { before, cursor, start });
}

async function* sweep(
  read: DatadogRead,
  options: DatadogIncidents,
  before: DatadogCursor,
  start: number,
): AsyncGenerator<Batch> {
  const { client, config, context } = read;
  const from = before.incidents?.offset ?? 0;
  const after = (incidents: IncidentsCursor): DatadogCursor => ({ ...before, incidents });
  const earlier = before.incidents ?? { sweptAt: 0, createdThrough: 0 };
  const isFirst = earlier.sweptAt === 0;
  const seen = new Set<string>();
  const pages =
    options.query === undefined ? listIncidents(client, from) : searchIncidents(client, options.query, from);
  for await (const page of pages) {
    const batch = batchOf(read, options, page, seen);
    yield {
      cursor: after({ ...earlier, offset: page.next ?? from }),
      write: async tx => {
        if (isFirst) await noteBackfill(tx, config.name, '*', 'running');
        return batch.write(tx);
      },
    };
  }
  // A listing that was gone on with has not seen what was before: the next one tells what is gone.
  const missing = from > 0 ? [] : (await known(read)).filter(({ incident }) => !seen.has(incident));
  const { found, gone } = await lookAt(read, missing);
  const rest = batchOf(read, options, { records: found, next: undefined }, seen);
  yield {
    cursor: after({ sweptAt: start, createdThrough: start }),
    write: async tx => {
      // Where DORA events come after them, the past isn't known yet.
      if (isFirst && (config.dora === undefined || before.dora?.isWhole))
        await noteBackfill(tx, config.name, '*', 'done');
      const counts = await rest.write(tx);
      return { ...counts, changed: counts.changed + (await storeGone(tx, config.name, gone, context.now())) };
    },
  };
}

async function* changes(
  read: DatadogRead,
  options: DatadogIncidents,
  {
    before,
    cursor,
    start,
  }: { readonly before: DatadogCursor; readonly cursor: IncidentsCursor; readonly start: number },
): AsyncGenerator<Batch> {
  const { client, config, context } = read;
  const seen = new Set<string>();
  const own = options.query === undefined ? '' : ` AND (${options.query})`;
  const since = cursor.createdThrough - overlapMs;
  for await (const page of searchIncidents(client, `state:(active OR stable OR resolved OR completed)${own}`)) {
    yield { ...batchOf(read, options, page, seen), cursor: before };
    const { values } = readRecords(page.records, incidentSchema, 'incident');
    if (values.length > 0 && values.every(({ attributes }) => Date.parse(attributes.created!) < since)) break;
  }
  for await (const page of searchIncidents(client, `state:(active OR stable)${own}`))
    yield { ...batchOf(read, options, page, seen), cursor: before };
  const missing = (await known(read)).filter(({ incident, status }) => status === 'open' && !seen.has(incident));
  const { found, gone } = await lookAt(read, missing);
  const rest = batchOf(read, options, { records: found, next: undefined }, seen);
  yield {
    cursor: { ...before, incidents: { ...cursor, createdThrough: start } } satisfies DatadogCursor,
    write: async tx => {
      const counts = await rest.write(tx);
      return { ...counts, changed: counts.changed + (await storeGone(tx, config.name, gone, context.now())) };
    },
  };
}

/** Those of Incident Management: the source's DORA failures are incidents too. */
const known = async ({ context, config }: DatadogRead) =>
  (await context.ledger.read(reader => knownIncidents(reader, config.name))).filter(
    ({ incident }) => !incident.startsWith(failurePrefix),
  );

async function lookAt({ client, config, context }: DatadogRead, missing: Awaited<ReturnType<typeof known>>) {
  const from = context.now().getTime() - config.history_days * dayMs;
  const found: unknown[] = [];
  const gone: string[] = [];
  for (const { incident, status, startedAt } of missing) {
    if (status !== 'open' && fromSqlTime(startedAt).getTime() < from) continue;
    const record = await oneIncident(client, incident);
    if (record === undefined) gone.push(incident);
    else found.push(record);
  }
  return { found, gone };
}

/** What is older than the history and resolved is left out. */
function batchOf(
  { config, context }: DatadogRead,
  options: DatadogIncidents,
  page: IncidentsPage,
  seen: Set<string>,
): Pick<Batch, 'write'> {
  const { values, rejections, places, records } = readRecords(page.records, incidentSchema, 'incident');
  for (const { id } of values) seen.add(id);
  const from = context.now().getTime() - config.history_days * dayMs;
  const reports = values
    .filter(incident => isOpen(incident, options) || Date.parse(incident.attributes.created!) >= from)
    .map(incident => reportOf(incident, config, options));
  return {
    write: async tx => {
      const now = context.now();
      const changed = await storeReports(tx, config.name, reports, now, { present: true });
      return { records, changed, rejected: await keepRejections(tx, config.name, { read: places, rejections }, now) };
    },
  };
}
