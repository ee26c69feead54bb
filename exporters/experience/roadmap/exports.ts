/** What is known of exports, and of what other sources tell of the same items. */
import type { Reader, Transaction } from '../../core/ledger.ts';
import { sqlTime } from '../../core/time.ts';

/**
 * Keys, in lower case, of items of a tracker that another source tells of: those of an API, deleted ones too, and those of
 * other exports.
 */
export async function keysElsewhere(reader: Reader, source: string, tracker: string): Promise<ReadonlySet<string>> {
  const rows = await reader.all(
    `SELECT DISTINCT lower(key) AS key
     FROM (
       FROM roadmap_items
       WHERE source <> $source
       QUALIFY row_number() OVER (PARTITION BY source, item ORDER BY version DESC) = 1
     )
     WHERE source IN (SELECT source FROM roadmap_trackers WHERE tracker = $tracker)
       OR (NOT is_deleted AND source IN (SELECT source FROM roadmap_exports WHERE tracker = $tracker))`,
    { source, tracker },
  );
  return new Set(rows.map(({ key }) => String(key)));
}

/** The newest moment that a source has told of; the epoch where it has told nothing. */
export async function newestTold(reader: Reader, source: string): Promise<Date> {
  const ms = await reader.scalar(
    'SELECT epoch_ms(max(coalesce(told_at, learned_at))) FROM roadmap_items WHERE source = $source',
    { source },
  );
  return new Date(Number(ms ?? 0));
}

export interface ExportRead {
  readonly kind: string;
  readonly tracker: string;
  readonly at: Date;
  readonly items: number;
  /** Items that another source tells of. */
  readonly elsewhere: number;
  /** What no column of it says: created, updated, due. */
  readonly silent: readonly string[];
}

/** Notes what an export told, for `plumbline check` and for what tells of the same items. */
export async function noteExport(tx: Transaction, source: string, read: ExportRead): Promise<void> {
  const { kind, tracker, items, elsewhere } = read;
  const silent = read.silent.join(', ');
  const values = { source, kind, tracker, items, elsewhere, silent, at: sqlTime(read.at) };
  await tx.run(`CREATE OR REPLACE TEMP TABLE export_before AS FROM roadmap_exports WHERE source = $source`, {
    source,
  });
  await tx.run('DELETE FROM roadmap_exports WHERE source = $source', { source });
  await tx.run(
    `INSERT INTO roadmap_exports
     SELECT $source, $kind, $tracker, coalesce(min(first_at), $at::TIMESTAMP), $at::TIMESTAMP,
       coalesce(max(exports + (last_at <> $at::TIMESTAMP)::INTEGER), 1), $items, $elsewhere, $silent
     FROM export_before`,
    values,
  );
  tx.touch('roadmap_exports');
}
