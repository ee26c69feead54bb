/**
 * What follows from the facts, in step with them: each step reads what stands before it in tables.sql and adds rows
 * where the outcome differs. Runs in the transaction of every batch; only repositories whose facts changed are looked at.
 */
import { syncOwners } from '../catalog/owners.ts';
import type { Transaction } from '../core/ledger.ts';
import type { SourceContext } from '../core/source.ts';
import { deriveChanges } from './changes/index.ts';
import type { DoraConfig } from './config.ts';

export async function derive(
  tx: Transaction,
  config: DoraConfig,
  context: Pick<SourceContext, 'now' | 'log'>,
): Promise<void> {
  await syncOwners(tx);

  await deriveChanges(tx, config, context);
}
