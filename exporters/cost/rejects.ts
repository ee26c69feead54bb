/** Records of an API that could not be read, kept for `plumbline check`. */
import type { Transaction } from '../core/ledger.ts';
import type { Reject } from '../core/source.ts';
import { sqlTime } from '../core/time.ts';

export type RejectedRecord = Omit<Reject, 'source'>;

/** Replaces the source's rejects whose `file` begins with one of the prefixes (a day, a path) by the given ones. */
export async function replaceRejects(
  tx: Transaction,
  source: string,
  prefixes: readonly string[],
  rejects: readonly RejectedRecord[],
  now: Date,
): Promise<Readonly<Record<string, number>>> {
  await tx.run(
    `DELETE FROM rejects
     WHERE source = $source
       AND EXISTS (FROM (SELECT unnest(from_json($prefixes, '["VARCHAR"]')) AS prefix) WHERE starts_with(file, prefix))`,
    { source, prefixes: JSON.stringify(prefixes) },
  );
  await tx.run(
    `INSERT INTO rejects
     SELECT $source, r.file, NULL, r.reason, r.field, left(r.value, 200), $now::TIMESTAMP
     FROM (SELECT unnest(from_json($rejects, '[{"file":"VARCHAR","reason":"VARCHAR","field":"VARCHAR",
       "value":"VARCHAR"}]')) AS r)`,
    { source, rejects: JSON.stringify(rejects), now: sqlTime(now) },
  );
  tx.touch('rejects');
  const counts: Record<string, number> = {};
  for (const { reason } of rejects) counts[reason] = (counts[reason] ?? 0) + 1;
  return counts;
}
