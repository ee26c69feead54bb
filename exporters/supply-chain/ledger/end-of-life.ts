/** When releases of products end (endoflife.date) into the ledger. */
import { readFileSync } from 'node:fs';
import type { Transaction } from '../../core/ledger.ts';
import { stage } from '../../core/stage.ts';
import { instantOf, ledgerTime } from '../../findings/staged-values.ts';
import type { EndOfLifeList } from '../lists.ts';

const cyclesSql = readFileSync(new URL('./end-of-life.sql', import.meta.url), 'utf8');

/** Of a cycle what is older than the newest known changes nothing; a cycle that isn't listed any more stays as it was. */
export async function storeEndOfLife(tx: Transaction, lists: readonly EndOfLifeList[], now: Date): Promise<void> {
  for (const { product, at, cycles } of [...lists].sort((a, b) => Date.parse(a.at) - Date.parse(b.at))) {
    await stage(
      tx,
      'heard_cycles',
      { cycle: 'VARCHAR', end_on: 'DATE', is_ended: 'BOOLEAN' },
      cycles.map(({ cycle, endOn, isEnded }) => ({ cycle, end_on: endOn ?? null, is_ended: isEnded ?? null })),
    );
    await tx.run('SET VARIABLE heard_at = $at::TIMESTAMP', { at: ledgerTime(instantOf(at, now)) });
    await tx.run('SET VARIABLE heard_product = $product', { product });
    await tx.run(cyclesSql);
    tx.touch('end_of_life_cycles');
  }
}
