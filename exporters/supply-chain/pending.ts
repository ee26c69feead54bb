/** Which bills of materials are new to what is derived from their packages, and what is derived by another configuration. */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { Transaction } from '../core/ledger.ts';

const pendingSql = readFileSync(new URL('./pending.sql', import.meta.url), 'utf8');

export interface Pending {
  readonly artifacts: number;
  /** Something was derived before, by another configuration. */
  readonly isReconfigured: boolean;
  readonly digest: string;
}

/** Fills the temporary table pending_components; all of them where the configuration is another than it was. */
export async function pendingComponents(tx: Transaction, what: string, config: unknown): Promise<Pending> {
  const digest = createHash('sha256').update(JSON.stringify(config)).digest('hex');
  const known = await tx.scalar('SELECT max(config) FROM components_configured WHERE what = $what', { what });
  const isReconfigured = known !== null && known !== undefined && known !== digest;
  if (isReconfigured) await tx.run('DELETE FROM components_derived WHERE what = $what', { what });
  if (known !== digest) {
    await tx.run('DELETE FROM components_configured WHERE what = $what', { what });
    await tx.run('INSERT INTO components_configured VALUES ($what, $digest)', { what, digest });
  }
  await tx.run('SET VARIABLE pending_what = $what', { what });
  await tx.run(pendingSql);
  return { artifacts: Number(await tx.scalar('SELECT count(*) FROM pending_components')), isReconfigured, digest };
}

export const pendingDone = (tx: Transaction): Promise<void> =>
  tx.run(`DELETE FROM components_derived
    WHERE what = getvariable('pending_what') AND artifact IN (SELECT artifact FROM pending_components);
    INSERT INTO components_derived SELECT getvariable('pending_what'), artifact, digest FROM pending_components;
    DROP TABLE pending_components`);
