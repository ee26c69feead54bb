/** What is known of the files that a source has seen: the ledger's table `files`. */
import type { FileStat } from './files.ts';
import type { Reader, Transaction } from './ledger.ts';
import { sqlTime } from './time.ts';

/** What the ledger knows of a file: `skipped` is whole but holds nothing that this source reads. */
export interface FileNote extends FileStat {
  readonly state: 'loaded' | 'waiting' | 'broken' | 'duplicate' | 'skipped';
  readonly reason: string;
  readonly digest: string;
  /** What it gave the last time that it was loaded, and so still gives while it waits or is broken. */
  readonly records: number;
}

/** The files that a source has seen, by path. */
export async function seenFiles(reader: Reader, source: string): Promise<Map<string, FileNote>> {
  const rows = await reader.all(
    'SELECT path, size, mtime_ms, digest, state, reason, records FROM files WHERE source = $source',
    { source },
  );
  return new Map(
    rows.map(row => [
      String(row.path),
      {
        path: String(row.path),
        size: Number(row.size),
        mtimeMs: Number(row.mtime_ms),
        digest: String(row.digest ?? ''),
        state: String(row.state) as FileNote['state'],
        reason: String(row.reason ?? ''),
        records: Number(row.records ?? 0),
      },
    ]),
  );
}

/** Writes what is known of files, in place of what was; forgets those in `gone`. */
export async function noteFiles(
  tx: Transaction,
  source: string,
  notes: readonly FileNote[],
  options: { readonly now: Date; readonly gone?: readonly string[] },
): Promise<void> {
  const { now, gone = [] } = options;
  const paths = JSON.stringify([...notes.map(note => note.path), ...gone]);
  await tx.run(`DELETE FROM files WHERE source = $source AND list_contains(from_json($paths, '["VARCHAR"]'), path)`, {
    source,
    paths,
  });
  await tx.run(
    `INSERT INTO files
     SELECT $source, n.path, n.size, n.mtimeMs, n.digest, n.state, n.reason, n.records, $now::TIMESTAMP
     FROM (SELECT unnest(from_json($notes, '[{"path":"VARCHAR","size":"BIGINT","mtimeMs":"BIGINT","digest":"VARCHAR",
       "state":"VARCHAR","reason":"VARCHAR","records":"BIGINT"}]')) AS n)`,
    { source, notes: JSON.stringify(notes), now: sqlTime(now) },
  );
  tx.touch('files');
}
