/** What `plumbline explain resource ID` says of a resource's cost. */
import { explainOwned } from '../catalog/explain.ts';
import type { Ledger } from '../core/ledger.ts';
import { utcDay } from '../core/time.ts';
import { explainSplits } from './explain-split.ts';

/**
 * Who owns a resource by which rule, what it cost in the 30 complete UTC days before `now`, and how that is split.
 * Undefined where the ledger has no such id: rules that read no resource ids keep none.
 */
export async function explainResource(ledger: Ledger, id: string, now: Date): Promise<string | undefined> {
  const today = utcDay(now);
  return ledger.read(async reader => {
    const owned = await explainOwned(reader, 'resource', id, today);
    const costs = await reader.all(
      `SELECT currency, sum(effective)::VARCHAR AS effective, sum(billed)::VARCHAR AS billed
       FROM charge_keys
       JOIN charges USING (key_id)
       WHERE resource_id = $id AND charge_day >= $today::DATE - 30 AND charge_day < $today::DATE
       GROUP BY currency ORDER BY currency`,
      { id, today },
    );
    const lines = costs.map(
      ({ currency, effective, billed }) =>
        `cost of the last 30 complete days: ${plain(effective)} ${String(currency)} effective, ${plain(billed)} billed`,
    );
    if (owned === undefined && lines.length === 0) return undefined;
    const splits = await explainSplits(reader, id, today);
    return [owned ?? `resource ${id}`, ...[...lines, ...splits].map(line => `  ${line}`)].join('\n');
  });
}

/** Decimal text without the zeros at its end. */
const plain = (amount: unknown) => String(amount).replace(/\.?0+$/, '');
