/** As which kinds the files of a source of `kind: auto` were last read: the table `report_kinds`. */
import type { Notice } from '../../../core/exporter.ts';
import type { Ledger, Reader, Transaction } from '../../../core/ledger.ts';

/** By path. */
export async function earlierKinds(reader: Reader, source: string): Promise<ReadonlyMap<string, readonly string[]>> {
  const rows = await reader.all('SELECT path, kind FROM report_kinds WHERE source = $source ORDER BY path, kind', {
    source,
  });
  const paths = Map.groupBy(rows, ({ path }) => String(path));
  return new Map([...paths].map(([path, own]) => [path, own.map(({ kind }) => String(kind))]));
}

/** In place of what was known of the same files; forgets files that are gone, which the table `files` no longer has. */
export async function noteKinds(
  tx: Transaction,
  source: string,
  read: readonly { readonly path: string; readonly kinds: readonly string[] }[],
): Promise<void> {
  await tx.run(
    `DELETE FROM report_kinds WHERE source = $source
       AND (list_contains(from_json($paths, '["VARCHAR"]'), path)
         OR path NOT IN (SELECT path FROM files WHERE source = $source))`,
    { source, paths: JSON.stringify(read.map(({ path }) => path)) },
  );
  await tx.run(
    `INSERT INTO report_kinds SELECT $source, k.path, k.kind
     FROM (SELECT unnest(from_json($kinds, '[{"path":"VARCHAR","kind":"VARCHAR"}]')) AS k)`,
    { source, kinds: JSON.stringify(read.flatMap(({ path, kinds }) => kinds.map(kind => ({ path, kind })))) },
  );
}

/** What `check` says of them. */
export async function kindNotices(ledger: Ledger): Promise<readonly Notice[]> {
  const rows = await ledger.read(reader =>
    reader.all(
      `SELECT source, kind, count(*) AS n FROM report_kinds
       JOIN files USING (source, path) WHERE state = 'loaded' GROUP BY ALL ORDER BY source, n DESC, kind`,
    ),
  );
  return [...Map.groupBy(rows, ({ source }) => String(source))].map(([source, kinds]) => ({
    subject: `source ${source}`,
    text: `read by their content: ${kinds.map(({ kind, n }) => `${n} of ${kind}`).join(', ')}`,
    isInOrder: true,
  }));
}
