/**
 * How long each table of a ledger keeps its rows, and what stays of those that go. Once a UTC day rows that are too old
 * are folded into their aggregate, deleted, and what is derived is brought in step, all in one transaction.
 */
import { access } from 'node:fs/promises';
import pLimit from 'p-limit';
import type { Logger } from 'pino';
import type { Ledger, Parameters, Reader, Transaction } from './ledger.ts';
import { sqlTime, utcDay } from './time.ts';

interface Pruned {
  readonly table: string;
  /** The TIMESTAMP or DATE column (UTC) from which a row's age counts, such as `learned_at`. */
  readonly by: string;
  readonly days: number;
  /** SQL: a further condition for a row to go, such as that a newer one has taken its place. */
  readonly where?: string;
  readonly parameters?: Parameters;
  /** Rows tell of people: when some went, nothing of them is left in the file either. */
  readonly isErased?: boolean;
  /**
   * The aggregate that stays: `sql` inserts into the table `into` from the temporary table `pruned`, which has the rows
   * that have just gone. A view that counts them reads both tables, so that no counter falls. Where history is to tell
   * of the time before, the aggregate has a row a day, with an `occurred_at` and a `learned_at` of that day, and is one
   * of the exporter's `facts`.
   */
  readonly fold?: { readonly into: string; readonly sql: string };
}

interface Kept {
  readonly table: string;
  /** Why its rows never go. */
  readonly kept: string;
}

export type Retention = Pruned | Kept;

const dayMs = 864e5;

/** Deletes what is too old at `now`; returns how many rows went, by table. */
export async function prune(
  tx: Transaction,
  retentions: readonly Retention[],
  now: Date,
): Promise<Readonly<Record<string, number>>> {
  const gone: Record<string, number> = {};
  for (const retention of retentions) {
    if ('kept' in retention) continue;
    const { table, by, days, where = 'true', fold } = retention;
    const parameters = { ...retention.parameters, before: sqlTime(new Date(now.getTime() - days * dayMs)) };
    const old = `FROM ${table} WHERE ${by} < $before::TIMESTAMP AND (${where})`;
    if (fold) await tx.run(`CREATE OR REPLACE TEMP TABLE pruned AS SELECT * ${old}`, parameters);
    const [deleted] = await tx.all(`DELETE ${old}`, parameters);
    const rows = Number(Object.values(deleted ?? {})[0] ?? 0);
    if (rows > 0) {
      if (fold) await tx.run(fold.sql);
      tx.touch(table, ...(fold ? [fold.into] : []));
      gone[table] = (gone[table] ?? 0) + rows;
    }
    if (fold) await tx.run('DROP TABLE pruned');
  }
  return gone;
}

/** What core's own tables keep; `absent` are the files that are no longer there. */
export const coreRetention = (absent: readonly string[]): readonly Retention[] => [
  // What is counted of runs and rejects stays in source_totals; a source's last run and last success stay for its status.
  {
    table: 'runs',
    by: 'started_at',
    days: 400,
    where: `started_at < (SELECT max(started_at) FROM runs AS newer WHERE newer.source = runs.source)
      AND (NOT ok OR started_at < (SELECT max(started_at) FROM runs AS newer WHERE newer.source = runs.source AND newer.ok))`,
  },
  {
    table: 'rejects',
    by: 'learned_at',
    days: 90,
    // Those of a file that stands as it was read tell what is wrong with it now.
    where: 'NOT EXISTS (FROM files WHERE files.source = rejects.source AND files.path = rejects.file)',
  },
  {
    table: 'files',
    by: 'learned_at',
    days: 400,
    where: `list_contains(from_json($absent, '["VARCHAR"]'), path)`,
    parameters: { absent: JSON.stringify(absent) },
  },
  // The newest revision stays for ever: the next one counts from it.
  {
    table: 'published',
    by: 'published_at',
    days: 60,
    where: `revision < (SELECT max(revision) FROM published AS newer
      WHERE newer.metric = published.metric AND newer.labels = published.labels AND newer.day = published.day)`,
  },
  { table: 'served', kept: 'the snapshot forgets a series two days after it is gone' },
  { table: 'cursors', kept: 'one row a source' },
  { table: 'source_totals', kept: 'the aggregate that stays of runs and rejects; one row a reason' },
  { table: 'seams', kept: 'one row a family; without it history would be written over what was scraped' },
  { table: 'watermarks', kept: 'a row for each write of history; they tell from which instant a late fact counts' },
  { table: 'delivered', kept: 'one row a target' },
  { table: 'pruned_days', kept: 'one row' },
];

export interface PruneContext {
  readonly exporter: {
    readonly retention?: readonly Retention[];
    readonly derive?: (tx: Transaction, context: { readonly now: () => Date; readonly log: Logger }) => Promise<void>;
  };
  readonly ledger: Ledger;
  readonly log: Logger;
  readonly now: () => Date;
}

/** Prunes the ledger unless that was done on this UTC day. Never throws: what fails is logged, and tried again later. */
export async function pruneDaily({ exporter, ledger, log, now }: PruneContext): Promise<void> {
  const instant = now();
  const today = utcDay(instant);
  try {
    const absent = await ledger.read(async reader =>
      (await reader.scalar('SELECT max(day) FROM pruned_days')) === today ? undefined : absentFiles(reader),
    );
    if (absent === undefined) return;
    const rows = await ledger.write(async tx => {
      const gone = await prune(tx, [...coreRetention(absent), ...(exporter.retention ?? [])], instant);
      if (Object.keys(gone).length > 0) await exporter.derive?.(tx, { now, log });
      await tx.run('DELETE FROM pruned_days');
      await tx.run('INSERT INTO pruned_days VALUES ($today::DATE)', { today });
      return gone;
    });
    if (Object.keys(rows).length > 0) log.info({ rows }, 'pruned');
    const isErased = exporter.retention?.some(one => !('kept' in one) && one.isErased === true && one.table in rows);
    if (isErased === true && !(await ledger.rewrite()))
      log.warn('pages of the ledger that are free still hold what was pruned: it was being read');
  } catch (err) {
    log.error({ err }, 'could not prune the ledger');
  }
}

const someAtOnce = pLimit(16);

async function absentFiles(reader: Reader): Promise<readonly string[]> {
  const rows = await reader.all('SELECT DISTINCT path FROM files');
  const looked = await Promise.all(
    rows.map(({ path }) =>
      someAtOnce(async () => {
        const isThere = await access(String(path)).then(
          () => true,
          (error: NodeJS.ErrnoException) => error.code !== 'ENOENT',
        );
        return isThere ? [] : [String(path)];
      }),
    ),
  );
  return looked.flat();
}
