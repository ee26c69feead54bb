/** Keeps what follows from other facts in step with them: disagreements of scanners, predictions, changes of signers. */
import { readFileSync } from 'node:fs';
import type { Transaction } from '../core/ledger.ts';
import { sqlTime } from '../core/time.ts';

/** Tables whose rows count from when they came to be so. */
export const derivedFacts: readonly string[] = [
  ...['scanner_disagreements', 'exploit_predictions', 'signer_changes', 'watch_matches', 'gate_verdicts'],
];
export const derivedTables = new URL('./derive/tables.sql', import.meta.url);

const sql = (name: string) => readFileSync(new URL(`./derive/${name}.sql`, import.meta.url), 'utf8');
const disagreements = sql('disagreements');
const predictions = sql('predictions');
const signers = sql('signers');

/** Runs after owners are resolved, in the same transaction as the facts. */
export async function deriveSupplyChain(tx: Transaction, now: Date): Promise<void> {
  await tx.run('SET VARIABLE derived_at = $now::TIMESTAMP', { now: sqlTime(now) });
  await since(tx, 'artifact_scans', 'scanner_disagreements', disagreements);
  await since(tx, 'attestations', 'signer_changes', signers);
  if ((await tx.scalar('SELECT EXISTS (FROM epss_scores)')) === true) {
    await tx.run(`SET VARIABLE epss_high =
      coalesce((SELECT max(value) FROM supply_chain_settings WHERE name = 'epss_high'), 0.1)`);
    await added(tx, 'exploit_predictions', predictions);
  }
}

/** Runs it where something was learned since it last ran; what was learned at that very instant is looked at again. */
async function since(tx: Transaction, table: string, derived: string, statement: string): Promise<void> {
  const newest = await tx.scalar(`SELECT max(learned_at)::VARCHAR FROM ${table}`);
  if (typeof newest !== 'string') return;
  await tx.run(
    `SET VARIABLE derived_through =
      coalesce((SELECT max(through) FROM derived_through WHERE what = $derived), TIMESTAMP '0001-01-01')`,
    { derived },
  );
  await added(tx, derived, statement);
  await tx.run('DELETE FROM derived_through WHERE what = $derived', { derived });
  await tx.run('INSERT INTO derived_through VALUES ($derived, $newest::TIMESTAMP)', { derived, newest });
}

async function added(tx: Transaction, table: string, statement: string): Promise<void> {
  const rows = () => tx.scalar(`SELECT count(*) FROM ${table}`);
  const before = await rows();
  await tx.run(statement);
  if ((await rows()) !== before) tx.touch(table);
}
