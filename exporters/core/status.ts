/** What people and metrics are told of a source. An answer that has stopped arriving must never look like an answer. */
import type { Exporter } from './exporter.ts';
import { endlessSettleSeconds } from './files.ts';
import type { Ledger } from './ledger.ts';
import type { RefreshResult } from './refresh.ts';
import type { Source } from './source.ts';
import { fromSqlTime } from './time.ts';

export interface SourceStatus {
  readonly exporter: string;
  readonly source: string;
  readonly kind: Source['kind'];
  readonly everySeconds: number;
  /** `waiting` until the first refresh has ended. */
  readonly state: 'waiting' | 'ok' | 'failed';
  readonly lastRun: Date | undefined;
  readonly lastSuccess: Date | undefined;
  /** When the schedule refreshes it next; undefined where none runs, or while it does. */
  readonly nextRun: Date | undefined;
  readonly lastDurationSeconds: number | undefined;
  /** Since the ledger was begun. */
  readonly records: number;
  readonly rejected: Readonly<Record<string, number>>;
  readonly error: string | undefined;
  readonly files: FileCounts;
}

/** What the ledger knows of a source's files; all 0 where the source reads none. */
export interface FileCounts {
  /** Not whole yet, or held back by another file of their delivery. */
  readonly waiting: number;
  readonly broken: number;
}

const noFiles: FileCounts = { waiting: 0, broken: 0 };

/** Counts the files of every source that has some, or of one. */
export async function countFiles(ledger: Ledger, source?: string): Promise<ReadonlyMap<string, FileCounts>> {
  const rows = await ledger.read(reader =>
    reader.all(
      `SELECT source, count(*) FILTER (state = 'waiting') AS waiting, count(*) FILTER (state = 'broken') AS broken
       FROM files WHERE source = coalesce($source::VARCHAR, source) GROUP BY source`,
      { source: source ?? null },
    ),
  );
  return new Map(rows.map(row => [String(row.source), { waiting: Number(row.waiting), broken: Number(row.broken) }]));
}

/**
 * True once what a source had to tell has been told: its last refresh succeeded, and no file of its own waits. A source
 * that has read records before is not waited for longer than a file without a final newline may take, as some file may
 * be written for ever; one that never has is, whether its files wait or are broken.
 */
export function isRead({ kind, lastSuccess, state, records, files }: SourceStatus, waitedMs: number): boolean {
  if (kind === 'push') return true;
  if (lastSuccess === undefined || state !== 'ok') return false;
  if (records === 0) return files.waiting + files.broken === 0;
  return files.waiting === 0 || waitedMs > endlessSettleSeconds * 1000;
}

/** The statuses as the ledger tells them, so that a restart forgets nothing. */
export async function readStatuses(ledger: Ledger, exporter: Exporter): Promise<Map<string, SourceStatus>> {
  const { runs, totals } = await ledger.read(async reader => ({
    runs: await reader.all(
      `SELECT source, max(started_at) AS last_run, max(ended_at) FILTER (ok) AS last_success,
              arg_max(ok, started_at) AS ok, arg_max(error, started_at) AS error,
              arg_max(epoch(ended_at) - epoch(started_at), started_at) AS seconds
       FROM runs GROUP BY source`,
    ),
    totals: await reader.all(
      'SELECT source, kind, reason, sum(value)::BIGINT AS value FROM source_totals GROUP BY ALL',
    ),
  }));
  const files = await countFiles(ledger);
  const date = (value: unknown) => (typeof value === 'string' ? fromSqlTime(value) : undefined);
  return new Map(
    exporter.sources.map(source => {
      const run = runs.find(row => row.source === source.name);
      const own = totals.filter(row => row.source === source.name);
      return [
        source.name,
        {
          exporter: exporter.name,
          source: source.name,
          kind: source.kind,
          everySeconds: source.everySeconds,
          state: run === undefined ? 'waiting' : run.ok === true ? 'ok' : 'failed',
          lastRun: date(run?.last_run),
          lastSuccess: date(run?.last_success),
          nextRun: undefined,
          lastDurationSeconds: typeof run?.seconds === 'number' ? run.seconds : undefined,
          records: Number(own.find(row => row.kind === 'records')?.value ?? 0),
          rejected: Object.fromEntries(
            own.filter(row => row.kind === 'rejected').map(row => [String(row.reason), Number(row.value)]),
          ),
          error: typeof run?.error === 'string' ? run.error : undefined,
          files: files.get(source.name) ?? noFiles,
        } satisfies SourceStatus,
      ];
    }),
  );
}

/** The status after a refresh has ended. */
export function statusAfter(
  before: SourceStatus | undefined,
  result: RefreshResult,
  source: Source,
  files: FileCounts = before?.files ?? noFiles,
): SourceStatus {
  const rejected = { ...before?.rejected };
  for (const [reason, n] of Object.entries(result.rejected)) rejected[reason] = (rejected[reason] ?? 0) + n;
  return {
    exporter: before?.exporter ?? '',
    source: source.name,
    kind: source.kind,
    everySeconds: source.everySeconds,
    state: result.error === undefined ? 'ok' : 'failed',
    lastRun: result.startedAt,
    lastSuccess: result.error === undefined ? result.endedAt : before?.lastSuccess,
    nextRun: before?.nextRun,
    lastDurationSeconds: (result.endedAt.getTime() - result.startedAt.getTime()) / 1000,
    records: (before?.records ?? 0) + result.records,
    rejected,
    error: result.error,
    files,
  };
}
