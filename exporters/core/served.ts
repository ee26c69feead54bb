/** Which series the page has: one that an additive family no longer has is served as 0 for a day, as sums would count it. */
import type { Ledger, Reader } from './ledger.ts';
import type { ServedChange } from './render.ts';
import { sqlTime } from './time.ts';

/** What is touched in place of a table when a family's series end elsewhere than on the page. */
export const ended = (family: string): string => `served ${family}`;

/** Notes which series came and went, so that one that is gone is served as 0 for a day, a restart in between included. */
export async function remember(tx: Reader, changes: readonly ServedChange[], now: Date): Promise<void> {
  for (const { family, came, went } of changes) {
    const rows = JSON.stringify([...came, ...went]);
    const labels = `(SELECT unnest(from_json($rows, '["VARCHAR"]')))`;
    await tx.run(`DELETE FROM served WHERE family = $family AND labels IN ${labels}`, { family, rows });
    for (const [list, gone] of [
      [came, null],
      [went, sqlTime(now)],
    ] as const)
      await tx.run(`INSERT INTO served SELECT $family, unnest(from_json($rows, '["VARCHAR"]')), $gone::TIMESTAMP`, {
        family,
        rows: JSON.stringify(list),
        gone,
      });
  }
  await tx.run(`DELETE FROM served WHERE gone_at < $now::TIMESTAMP - INTERVAL 2 DAY`, { now: sqlTime(now) });
}

/**
 * Notes what history wrote of an additive family at its last instant and the page does not have: a day long it would
 * stand beside what the page has in its place.
 */
export const rememberEnded = (ledger: Ledger, family: string, labels: readonly string[], now: Date): Promise<void> =>
  ledger.write(async tx => {
    const [row] = await tx.all(
      `INSERT INTO served
       SELECT $family, labels, $now::TIMESTAMP FROM (SELECT unnest(from_json($rows, '["VARCHAR"]')) AS labels)
       ANTI JOIN (SELECT labels FROM served WHERE family = $family AND gone_at IS NULL) USING (labels)`,
      { family, rows: JSON.stringify(labels), now: sqlTime(now) },
    );
    if (Number(Object.values(row ?? {})[0] ?? 0) > 0) tx.touch(ended(family));
  });
