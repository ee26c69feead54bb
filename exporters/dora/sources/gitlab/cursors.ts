/** Where the reading of each part of a project goes on from; written in the transaction of the facts that it follows. */
import type { Reader, Transaction } from '../../../core/ledger.ts';
import { sqlTime } from '../../../core/time.ts';

export interface Cursors {
  readonly of: (project: string, part: string) => unknown;
  /** Projects with a cursor of their own as a whole. */
  readonly projects: readonly string[];
}

export async function readCursors(reader: Reader, source: string): Promise<Cursors> {
  const rows = await reader.all(
    'SELECT project, part, cursor::VARCHAR AS cursor FROM gitlab_cursors WHERE source = $source',
    {
      source,
    },
  );
  const known = new Map(rows.map(row => [keyOf(String(row.project), String(row.part)), String(row.cursor)]));
  return {
    of: (project, part) => {
      const text = known.get(keyOf(project, part));
      return text === undefined ? undefined : (JSON.parse(text) as unknown);
    },
    projects: rows.filter(row => row.part === '').map(row => String(row.project)),
  };
}

const keyOf = (project: string, part: string) => JSON.stringify([project, part]);

export async function writeCursor(
  tx: Transaction,
  at: { readonly source: string; readonly project: string; readonly part: string },
  cursor: unknown,
  now: Date,
): Promise<void> {
  await tx.run('DELETE FROM gitlab_cursors WHERE source = $source AND project = $project AND part = $part', { ...at });
  await tx.run('INSERT INTO gitlab_cursors VALUES ($source, $project, $part, $cursor::JSON, $now::TIMESTAMP)', {
    ...at,
    cursor: JSON.stringify(cursor),
    now: sqlTime(now),
  });
}

/** A project that is called otherwise now is read anew, under its new name. */
export const forgetProject = (tx: Transaction, source: string, project: string): Promise<void> =>
  tx.run('DELETE FROM gitlab_cursors WHERE source = $source AND project = $project', { source, project });
