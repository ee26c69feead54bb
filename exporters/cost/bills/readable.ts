/** Whether a bill's file can be read, by what, and why not. */
import { describeError, PlumblineError } from '../../core/errors.ts';
import { type FileFault, type FileHead, type FileStat, literalPath, parquetBody } from '../../core/files.ts';
import type { SourceContext } from '../../core/source.ts';
import { focusColumns } from './columns.ts';
import { type FileGroup, fromFiles } from './scan.ts';

/** Why a file can't be read to its end; undefined where it can. */
export async function failure(group: FileGroup, context: SourceContext): Promise<string | undefined> {
  try {
    await context.ledger.read(reader =>
      reader.all(
        `SELECT count(*), ${group.names.map((_, index) => `max(c${index}::VARCHAR)`).join(', ')} FROM ${fromFiles(group)}`,
      ),
    );
    return undefined;
  } catch (error) {
    return unreadable(error);
  }
}

/** DuckDB's sentence on a file; throws where the fault isn't the file's. */
export function unreadable(error: unknown): string {
  if (error instanceof PlumblineError) throw error;
  const text = describeError(error);
  if (/^(Out of Memory|IO Error: (No space|Could not write))|Interrupt/i.test(text)) throw error;
  return text.split('\n')[0]!.slice(0, 200);
}

/** What reads a file: its header, or a Parquet file's columns; text where it can't be one, the reason. */
export async function groupOf(
  file: FileStat,
  head: FileHead,
  context: Pick<SourceContext, 'ledger'>,
): Promise<FileGroup | string> {
  const base = { paths: [file.path], format: head.format, gzip: head.gzip };
  if (head.header) {
    const names = head.header.columns;
    return { ...base, delimiter: head.header.delimiter, names, types: [], columns: focusColumns(names) };
  }
  try {
    const body = await parquetBody(file);
    const [described, end] = await context.ledger.read(async reader => [
      await reader.all('SELECT column_name, column_type FROM (DESCRIBE FROM read_parquet($file))', {
        file: literalPath(file.path),
      }),
      await reader.scalar(
        `SELECT max(least(data_page_offset, coalesce(nullif(dictionary_page_offset, 0), data_page_offset)) + total_compressed_size)
         FROM parquet_metadata($file)`,
        { file: literalPath(file.path) },
      ),
    ]);
    if (body === undefined || Number(end ?? 0) > body) return 'truncated_parquet';
    const names = described.map(row => String(row.column_name));
    const types = described.map(row => String(row.column_type));
    return { ...base, delimiter: ',', names, types, columns: focusColumns(names) };
  } catch (error) {
    unreadable(error);
    return 'truncated_parquet';
  }
}

export function faultOf(error: unknown): FileFault {
  if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return 'vanished';
  throw error;
}
