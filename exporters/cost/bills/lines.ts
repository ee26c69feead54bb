/** The lines on which rejects stand: DuckDB knows none for a value, and a wrong one behind a field of several lines. */
import { eachCsvRecord } from '../../core/files.ts';
import type { Reader } from '../../core/ledger.ts';
import { keptPerFile } from './rejects.ts';
import type { FileGroup } from './scan.ts';

/**
 * Names the line (from 1, the header's) of each reject of one CSV file, the record (from 1) of a Parquet file. A file is
 * read once more only where a record's number doesn't tell its line.
 */
export async function nameLines(reader: Reader, group: FileGroup, recordIsLine: boolean): Promise<void> {
  const file = group.paths[0]!;
  const rejects = await reader.all('SELECT DISTINCT position, record FROM focus_rejects WHERE file = $file', { file });
  if (rejects.length === 0) return;
  const positions = rejects
    .flatMap(({ position }) => (position === null ? [] : [Number(position)]))
    .sort((a, b) => a - b);
  if (group.format === 'parquet') {
    await reader.run('UPDATE focus_rejects SET line = record WHERE file = $file', { file });
    return;
  }
  if (recordIsLine && positions.length === 0) {
    await reader.run('UPDATE focus_rejects SET line = record + 1 WHERE file = $file', { file });
    return;
  }
  const records = new Set(rejects.flatMap(({ record }) => (record === null ? [] : [Number(record)])));
  // A file that changed since it was vetted is refused afterwards, so its lines don't matter.
  const places = await linesOf(file, group, { positions, records }).catch(() => []);
  await reader.run(
    `UPDATE focus_rejects r SET line = p.line
     FROM (SELECT unnest(from_json($places, '[{"position":"BIGINT","record":"BIGINT","line":"BIGINT"}]')) AS p)
     WHERE r.file = $file AND r.position IS NOT DISTINCT FROM p.position AND r.record IS NOT DISTINCT FROM p.record`,
    { file, places: JSON.stringify(places) },
  );
  if (positions.length > keptPerFile)
    await reader.run('DELETE FROM focus_rejects WHERE file = $file AND position > $last::BIGINT', {
      file,
      last: String(positions[keptPerFile - 1]),
    });
}

type Place = { readonly line: number } & ({ readonly position: number } | { readonly record: number });

/** Finds the records that DuckDB refused by their bytes, and numbers the others as it does. */
async function linesOf(
  file: string,
  group: FileGroup,
  wanted: { readonly positions: readonly number[]; readonly records: ReadonlySet<number> },
): Promise<Place[]> {
  const { positions, records } = wanted;
  const places: Place[] = [];
  let next = 0;
  let read = 0;
  await eachCsvRecord(file, group, ({ number, line, end }) => {
    if (number === 1) return;
    const refused = next;
    // DuckDB's position is the record's first byte, or a newline before it.
    for (let position = positions[next]; position !== undefined && position < end; position = positions[++next])
      places.push({ position, line });
    if (next > refused) return;
    read += 1;
    if (records.has(read)) places.push({ record: read, line });
  });
  return places;
}
