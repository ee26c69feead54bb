/** Where a refresh puts what it has read until it is written. */
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import type { SourceContext } from '../../core/source.ts';

/**
 * A folder for what a refresh stages, beside the ledger, where there is room for a bill. Those that a killed process
 * left are removed: no other process can hold this ledger now.
 */
export async function stagingDirectory(context: Pick<SourceContext, 'ledger'>): Promise<string> {
  const { path: ledger } = context.ledger;
  if (ledger === ':memory:') return mkdtemp(path.join(os.tmpdir(), 'plumbline-staged-'));
  const own = `${path.basename(ledger)}.staged-${process.pid}-`;
  for (const name of await readdir(path.dirname(ledger)))
    if (name.startsWith(`${path.basename(ledger)}.staged-`) && !name.startsWith(own))
      await rm(path.join(path.dirname(ledger), name), { recursive: true, force: true });
  return mkdtemp(path.join(path.dirname(ledger), own));
}
