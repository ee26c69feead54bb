/**
 * Exports of Four Keys' table events_raw: files are vetted, and read by 20,000 records at a time, each a batch, so that a
 * reading that was killed goes on. The same events read twice, or posted too, are the same facts.
 */
import { stat } from 'node:fs/promises';
import { type FileNote, noteFiles, seenFiles } from '../../../core/file-notes.ts';
import { type FileStat, isSettled, listFiles, look, sameLook } from '../../../core/files.ts';
import type { Transaction } from '../../../core/ledger.ts';
import type { Batch, BatchCounts, ReadSource, SourceContext } from '../../../core/source.ts';
import { sqlTime } from '../../../core/time.ts';
import { PlumblineError } from '../../errors.ts';
import { noteBackfill } from '../../marks.ts';
import type { FourKeysConfig } from './config.ts';
import { rowEvent, systems } from './event.ts';
import { type ExportFile, isExport, openExport } from './export-file.ts';
import { type Reading, readFact, toldTypes } from './facts.ts';
import { rulesOf } from './rules.ts';
import { storeReadings } from './store.ts';

interface Cursor {
  /** The file that is being read, and the last of its records that was. */
  readonly path?: string;
  readonly digest?: string;
  readonly after?: number;
}

const keptRejects = 10_000;

/** Still being written, as far as one can see. */
const isMoving = (reason: string) =>
  ['being_written', 'changed_while_read', 'no_final_newline', 'vanished'].includes(reason);

/** The source NAME-export; its facts are those of NAME. Throws FOUR_KEYS_NOT_FOUND where the path means nothing at all. */
export function fourKeysExport(
  config: FourKeysConfig & { readonly path: string },
  { recordsPerBatch = 20_000 }: { readonly recordsPerBatch?: number } = {},
): ReadSource {
  const source = `${config.name}-export`;
  return {
    kind: 'read',
    name: source,
    everySeconds: config.every,
    batches: async function* (context, before): AsyncGenerator<Batch> {
      const listed = await listFiles(config.path, isExport);
      if (listed.length === 0 && !(await stat(config.path).catch(() => undefined))?.isDirectory())
        throw new PlumblineError('FOUR_KEYS_NOT_FOUND', { path: config.path });
      const { seen, isUnderWay } = await context.ledger.read(async reader => ({
        seen: await seenFiles(reader, source),
        isUnderWay:
          Number(await reader.scalar('SELECT count(*) FROM backfills WHERE source = $name', { name: config.name })) > 0,
      }));
      const due = listed.filter(file => {
        const note = seen.get(file.path);
        return note === undefined || note.state === 'waiting' || !sameLook(file, note);
      });
      let begun = isUnderWay;
      for (const [index, file] of due.entries()) {
        context.progress(index, due.length, 'files');
        const opened = isSettled(file, seen.get(file.path), config.settle)
          ? await context.ledger.read(reader => openExport(reader, file))
          : 'being_written';
        if (typeof opened === 'string')
          yield refusedBatch(context, { source, file, reason: opened, records: seen.get(file.path)?.records ?? 0 });
        else {
          begun = true;
          const at = { source, file, opened, cursor: (before ?? {}) as Cursor, recordsPerBatch };
          try {
            yield* readBatches(context, config, at);
          } catch (err) {
            context.signal.throwIfAborted();
            context.log.error({ err, file: file.path }, 'could not read an export to its end');
            yield refusedBatch(context, { source, file, reason: 'unreadable', records: 0 });
          }
        }
      }
      if (begun)
        yield {
          cursor: {},
          write: async tx => {
            await noteBackfill(tx, config.name, '*', 'done');
            return { records: 0, changed: 0, rejected: {} };
          },
        };
    },
  };
}

function refusedBatch(
  context: SourceContext,
  {
    source,
    file,
    reason,
    records,
  }: { readonly source: string; readonly file: FileStat; readonly reason: string; readonly records: number },
): Batch {
  const state = isMoving(reason) ? 'waiting' : 'broken';
  return {
    cursor: {},
    write: async tx => {
      const now = context.now();
      await noteFiles(tx, source, [{ ...file, state, reason, digest: '', records }], { now });
      if (state === 'waiting') return { records: 0, changed: 0, rejected: {}, waiting: 1 };
      await clearRejects(tx, source, file.path);
      await addRejects(tx, source, file.path, [{ reason: `file_${reason}` }], now);
      return { records: 0, changed: 0, rejected: { [`file_${reason}`]: 1 } };
    },
  };
}

interface Reject {
  readonly line?: number | undefined;
  readonly reason: string;
  readonly field?: string;
  readonly value?: string;
}

interface Opened {
  readonly source: string;
  readonly file: FileStat;
  readonly opened: ExportFile;
  readonly cursor: Cursor;
  readonly recordsPerBatch: number;
}

async function* readBatches(
  context: SourceContext,
  config: FourKeysConfig,
  { source, file, opened, cursor, recordsPerBatch }: Opened,
): AsyncGenerator<Batch> {
  const rules = rulesOf(config);
  const isSame = cursor.path === file.path && cursor.digest === opened.digest;
  const total = Number(await context.ledger.read(reader => reader.scalar(`SELECT count(*) FROM ${opened.sql}`)));
  let after = isSame ? (cursor.after ?? 0) : 0;
  do {
    const from = after;
    after = Math.min(from + recordsPerBatch, total);
    const { readings, rejects } = await readRecords(context, opened, { from, to: after }, rules);
    const isLast = after >= total;
    // A file that changes while it is read is another one from some record on.
    const isChanged = !sameLook(file, await look(file.path));
    yield {
      cursor: isLast || isChanged ? {} : ({ path: file.path, digest: opened.digest, after } satisfies Cursor),
      write: async tx => {
        const now = context.now();
        const note: FileNote = {
          ...file,
          state: isChanged ? 'waiting' : 'loaded',
          reason: isChanged ? 'changed_while_read' : '',
          digest: opened.digest,
          records: total,
        };
        if (isLast || isChanged) await noteFiles(tx, source, [note], { now });
        if (isChanged) return { records: 0, changed: 0, rejected: {}, waiting: 1 };
        if (from === 0) await clearRejects(tx, source, file.path);
        await noteBackfill(tx, config.name, '*', 'running');
        const changed = await storeReadings(tx, config.name, readings, now);
        await addRejects(tx, source, file.path, rejects, now);
        return { records: after - from, changed, rejected: countsOf(rejects) };
      },
    };
    if (isChanged) return;
  } while (after < total);
}

const told = Object.entries(toldTypes).flatMap(([system, types]) => types.map(type => `${system} ${type}`));

/** Records that tell nothing of delivery stay in DuckDB. */
async function readRecords(
  context: SourceContext,
  { sql, firstLine }: ExportFile,
  { from, to }: { readonly from: number; readonly to: number },
  rules: ReturnType<typeof rulesOf>,
): Promise<{ readonly readings: readonly Reading[]; readonly rejects: readonly Reject[] }> {
  const readings: Reading[] = [];
  const rejects: Reject[] = [];
  await context.ledger.read(async reader => {
    const rows = reader.stream(
      `SELECT number::INTEGER, coalesce(fault, CASE WHEN NOT list_contains(from_json($systems::JSON, '["VARCHAR"]'), system) THEN 'unknown_source' END),
         source, event_type, time_created, metadata
       FROM (SELECT *, replace(lower(regexp_replace(source, 'mock$', '')), '-', '_') AS system FROM ${sql}) AS record
       WHERE number > $from AND number <= $to AND (
         fault IS NOT NULL OR NOT list_contains(from_json($systems::JSON, '["VARCHAR"]'), coalesce(system, ''))
         OR list_contains(from_json($told::JSON, '["VARCHAR"]'), system || ' ' || event_type))
       ORDER BY number`,
      { from, to, systems: JSON.stringify(systems), told: JSON.stringify(told) },
    );
    for await (const chunk of rows)
      for (const [number, fault, source, type, at, metadata] of chunk) {
        const line = firstLine === undefined ? undefined : Number(number) + firstLine;
        const reject = (reason: string, field?: string, value?: string) =>
          rejects.push({
            line,
            reason,
            ...(field === undefined ? {} : { field }),
            ...(value === undefined ? {} : { value }),
          });
        if (fault !== null || source === null) {
          reject(String(fault ?? 'unknown_source'), 'source', String(source ?? ''));
          continue;
        }
        let said: unknown;
        try {
          said = JSON.parse(String(metadata));
        } catch {
          reject('unreadable_metadata', 'metadata', String(metadata).slice(0, 200));
          continue;
        }
        const event = rowEvent({ source: String(source), type: String(type), at: String(at ?? ''), metadata: said });
        if (event === undefined) continue;
        const reading = readFact(event, rules);
        readings.push(reading);
        if (reading.rejection) reject(reading.rejection.reason, reading.rejection.field, reading.rejection.value);
      }
  });
  return { readings, rejects };
}

function countsOf(rejects: readonly Reject[]): BatchCounts['rejected'] {
  const counts: Record<string, number> = {};
  for (const { reason } of rejects) counts[reason] = (counts[reason] ?? 0) + 1;
  return counts;
}

const clearRejects = (tx: Transaction, source: string, path: string) =>
  tx.run('DELETE FROM rejects WHERE source = $source AND file = $path', { source, path });

async function addRejects(
  tx: Transaction,
  source: string,
  path: string,
  rejects: readonly Reject[],
  now: Date,
): Promise<void> {
  if (rejects.length === 0) return;
  await tx.run(
    `INSERT INTO rejects
     SELECT $source, $path, r.line, r.reason, r.field, left(r.value, 200), $now::TIMESTAMP
     FROM (SELECT unnest(from_json($rows::JSON, '[{"line":"BIGINT","reason":"VARCHAR","field":"VARCHAR","value":"VARCHAR"}]')) AS r)`,
    { source, path, rows: JSON.stringify(rejects.slice(0, keptRejects)), now: sqlTime(now) },
  );
  tx.touch('rejects');
}
