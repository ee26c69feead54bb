/** One refresh of a source: its batches are committed one by one, each with its cursor and what is derived from it. */
import type { Logger } from 'pino';
import { describeError } from './errors.ts';
import type { Exporter } from './exporter.ts';
import type { Ledger } from './ledger.ts';
import { firstRetrySeconds } from './retry.ts';
import type { Batch, BatchCounts, Source, SourceContext } from './source.ts';
import { sqlTime } from './time.ts';

export interface RefreshResult {
  readonly source: string;
  readonly startedAt: Date;
  readonly endedAt: Date;
  readonly records: number;
  readonly changed: number;
  readonly rejected: Readonly<Record<string, number>>;
  readonly waiting: number;
  /** Undefined where the refresh succeeded; what was committed before the error stays. */
  readonly error: string | undefined;
  /** See firstRetrySeconds. */
  readonly retrySeconds?: number | undefined;
}

export interface RefreshOptions {
  readonly exporter: Exporter;
  readonly ledger: Ledger;
  readonly log: Logger;
  readonly now: () => Date;
  readonly signal: AbortSignal;
  readonly progress: SourceContext['progress'];
}

/** Refreshes a pull or read source. Never throws: the result and the table `runs` tell what happened. */
export async function refreshSource(source: Source, options: RefreshOptions): Promise<RefreshResult> {
  const { ledger, log, now } = options;
  const startedAt = now();
  const total = { records: 0, changed: 0, rejected: {} as Record<string, number>, waiting: 0 };
  let error: string | undefined;
  let retrySeconds: number | undefined;
  try {
    if (source.kind !== 'push') {
      const context: SourceContext = { ...options, log: log.child({ source: source.name }) };
      // Said before it begins: a first refresh may ask for a year, and requests may cost money.
      const plan = source.kind === 'pull' ? await source.plan?.(context) : undefined;
      if (plan && plan.requests > 0) context.log.info({ requests: plan.requests, money: plan.money }, plan.text);
      for await (const batch of source.batches(context, await readCursor(ledger, source.name))) {
        options.signal.throwIfAborted();
        add(total, await commitBatch(source.name, batch, options));
      }
    }
  } catch (cause) {
    error = describeError(cause);
    retrySeconds = firstRetrySeconds(cause, now());
    log.error({ source: source.name, err: cause }, 'refresh failed');
  }
  const result: RefreshResult = { source: source.name, startedAt, endedAt: now(), ...total, error, retrySeconds };
  await noteRun(ledger, result).catch((cause: unknown) =>
    log.error({ source: source.name, err: cause }, 'could not note the run'),
  );
  const { startedAt: _, endedAt: __, retrySeconds: ___, ...told } = result;
  log.info({ ...told, ms: result.endedAt.getTime() - startedAt.getTime() }, 'refreshed');
  return result;
}

/** Commits a batch: its facts, what is derived from them, its cursor and its counts, all or nothing. */
export async function commitBatch(
  source: string,
  batch: Batch,
  options: Pick<RefreshOptions, 'exporter' | 'ledger' | 'now' | 'log'>,
): Promise<BatchCounts> {
  const { exporter, ledger, now, log } = options;
  return ledger.write(async tx => {
    const counts = await batch.write(tx);
    await exporter.derive?.(tx, { now, log });
    await tx.run('DELETE FROM cursors WHERE source = $source', { source });
    await tx.run('INSERT INTO cursors VALUES ($source, $cursor::JSON, $now::TIMESTAMP)', {
      source,
      cursor: JSON.stringify(batch.cursor ?? null),
      now: sqlTime(now()),
    });
    const reasons = Object.entries(counts.rejected).map(([reason, value]) => ['rejected', reason, value] as const);
    for (const [kind, reason, value] of [['records', '', counts.records] as const, ...reasons]) {
      const key = { source, kind, reason };
      const before = await tx.scalar(
        'SELECT sum(value)::BIGINT FROM source_totals WHERE source = $source AND kind = $kind AND reason = $reason',
        key,
      );
      await tx.run('DELETE FROM source_totals WHERE source = $source AND kind = $kind AND reason = $reason', key);
      await tx.run('INSERT INTO source_totals VALUES ($source, $kind, $reason, $value::BIGINT)', {
        ...key,
        value: String(Number(before ?? 0) + value),
      });
    }
    return counts;
  });
}

async function readCursor(ledger: Ledger, source: string): Promise<unknown> {
  const text = await ledger.read(reader =>
    reader.scalar('SELECT cursor::VARCHAR FROM cursors WHERE source = $source', { source }),
  );
  return typeof text === 'string' ? JSON.parse(text) : undefined;
}

async function noteRun(ledger: Ledger, run: RefreshResult): Promise<void> {
  await ledger.write(async tx => {
    await tx.run(
      `INSERT INTO runs VALUES ($source, $started::TIMESTAMP, $ended::TIMESTAMP, $ok, $records::BIGINT, $changed::BIGINT,
                                $rejected::BIGINT, $error::VARCHAR)`,
      {
        source: run.source,
        started: sqlTime(run.startedAt),
        ended: sqlTime(run.endedAt),
        ok: run.error === undefined,
        records: String(run.records),
        changed: String(run.changed),
        rejected: String(Object.values(run.rejected).reduce((sum, n) => sum + n, 0)),
        error: run.error ?? null,
      },
    );
  });
}

function add(
  total: { records: number; changed: number; rejected: Record<string, number>; waiting: number },
  counts: BatchCounts,
): void {
  total.waiting += counts.waiting ?? 0;
  total.records += counts.records;
  total.changed += counts.changed;
  for (const [reason, n] of Object.entries(counts.rejected)) total.rejected[reason] = (total.rejected[reason] ?? 0) + n;
}
