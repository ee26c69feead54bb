/** Copies of a ledger's file: to another one while the ledger is open, and in its own place. */
import { chmodSync, existsSync, renameSync, rmSync, statSync } from 'node:fs';
import type { DuckDBConnection } from '@duckdb/node-api';

export async function copyLedger(writer: DuckDBConnection, target: string): Promise<void> {
  await writer.run(`ATTACH '${target.replaceAll("'", "''")}' AS ledger_copy`);
  try {
    const [[name] = []] = (await writer.runAndReadAll('SELECT current_database()')).getRowsJson();
    await writer.run(`COPY FROM DATABASE "${name}" TO ledger_copy`);
  } finally {
    await writer.run('DETACH ledger_copy');
  }
}

const beside = (file: string) => `${file}.rewritten`;

function removeBeside(file: string): void {
  rmSync(beside(file), { force: true });
  rmSync(`${beside(file)}.wal`, { force: true });
}

/** A copy beside the file, with its mode, for `putInPlace`; where it fails nothing of it is left. */
export async function copyBeside(writer: DuckDBConnection, file: string): Promise<void> {
  removeBeside(file);
  try {
    await copyLedger(writer, beside(file));
    chmodSync(beside(file), statSync(file).mode);
  } catch (error) {
    removeBeside(file);
    throw error;
  }
}

/** Puts the copy in the place of the file, which nothing may have open. False where the file had to stay as it is. */
export function putInPlace(file: string): boolean {
  // What a log still holds is not in the copy's place: it belongs to the file that it was written for.
  const isWhole = !existsSync(`${file}.wal`) && !existsSync(`${beside(file)}.wal`);
  if (isWhole) renameSync(beside(file), file);
  else rmSync(beside(file), { force: true });
  return isWhole;
}
