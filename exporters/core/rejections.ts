/** Records that could not be read: kept with where they stand, counted once each. */
import type { Transaction } from './ledger.ts';
import type { Reject } from './source.ts';
import { sqlTime } from './time.ts';

/** A record that could not be read; `file` names it, such as `incident PT4KHLK`. */
export type Rejection = Omit<Reject, 'source'>;

/**
 * Keeps the rejects of the records named in `read` as they are now, and counts by reason those that are new: a record
 * that is read again and again is one.
 */
export async function keepRejections(
  tx: Transaction,
  source: string,
  { read, rejections }: { readonly read: readonly string[]; readonly rejections: readonly Rejection[] },
  now: Date,
): Promise<Readonly<Record<string, number>>> {
  const known = await tx.all(
    `SELECT file, reason FROM rejects WHERE source = $source AND list_contains(from_json($read::JSON, '["VARCHAR"]'), file)`,
    { source, read: JSON.stringify(read) },
  );
  if (known.length === 0 && rejections.length === 0) return {};
  await tx.run(
    `DELETE FROM rejects WHERE source = $source AND list_contains(from_json($read::JSON, '["VARCHAR"]'), file)`,
    { source, read: JSON.stringify(read) },
  );
  await tx.run(
    `INSERT INTO rejects
     SELECT $source, r.file, r.line, r.reason, r.field, left(r.value, 200), $now::TIMESTAMP
     FROM (SELECT unnest(from_json($rejections::JSON,
       '[{"file":"VARCHAR","line":"BIGINT","reason":"VARCHAR","field":"VARCHAR","value":"VARCHAR"}]')) AS r)`,
    { source, rejections: JSON.stringify(rejections), now: sqlTime(now) },
  );
  tx.touch('rejects');
  const before = new Set(known.map(({ file, reason }) => `${file}\n${reason}`));
  const counts: Record<string, number> = {};
  for (const { file, reason } of rejections)
    if (!before.has(`${file}\n${reason}`)) counts[reason] = (counts[reason] ?? 0) + 1;
  return counts;
}
