/** Keeps what is watched in step with bills of materials: versions can't be compared in SQL, so that it is known beforehand. */
import { readFileSync } from 'node:fs';
import type { Transaction } from '../../core/ledger.ts';
import { matchComponents } from '../find/match.ts';
import { isPattern, readPattern } from '../find/pattern.ts';
import { pendingComponents, pendingDone } from '../pending.ts';
import { readRange } from '../versions/vers.ts';
import type { WatchConfig } from './config.ts';

const storeSql = readFileSync(new URL('./store.sql', import.meta.url), 'utf8');

/** Runs with `derived_at` set, and supply_chain_watches as configured. */
export async function deriveWatches(tx: Transaction, watches: readonly WatchConfig[]): Promise<void> {
  const { artifacts, isReconfigured } = await pendingComponents(tx, 'watch', watches);
  if (artifacts === 0 && !isReconfigured) return;
  await tx.run('SET VARIABLE watch_reconfigured = $yes::BOOLEAN', { yes: isReconfigured });
  await tx.run('CREATE OR REPLACE TEMP TABLE watch_found (watch VARCHAR, artifact VARCHAR)');
  for (const { name, purl, range: rangeText } of watches) {
    const pattern = readPattern(purl);
    if ('fault' in pattern) continue;
    const type = pattern.type === undefined || isPattern(pattern.type) ? undefined : pattern.type;
    const range = rangeText === undefined ? undefined : readRange(rangeText, type);
    if (range && 'fault' in range) continue;
    await matchComponents(
      tx,
      { pattern, ...(range && { range }) },
      'components SEMI JOIN pending_components USING (artifact)',
    );
    await tx.run('INSERT INTO watch_found SELECT $name, artifact FROM matched', { name });
  }
  const rows = () => tx.scalar('SELECT count(*) FROM watch_matches');
  const before = await rows();
  await tx.run(storeSql);
  if ((await rows()) !== before) tx.touch('watch_matches');
  await pendingDone(tx);
  await tx.run('DROP TABLE watch_found');
}
