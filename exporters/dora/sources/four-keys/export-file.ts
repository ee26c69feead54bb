/** Opens an exported file of events_raw: its format, whether it is whole, and the SQL that reads it. */
import { open } from 'node:fs/promises';
import {
  endlessSettleSeconds,
  type FileStat,
  isSettled,
  literalPath,
  parquetBody,
  readHead,
  vetFile,
} from '../../../core/files.ts';
import type { Reader } from '../../../core/ledger.ts';

/** `sql` stands behind FROM: number (from 1), source, event_type, time_created and metadata, all text; fault or NULL. */
export interface ExportFile {
  readonly digest: string;
  readonly sql: string;
  /** What is added to a record's number to have its line; undefined where records are no lines. */
  readonly firstLine: number | undefined;
}

const needed = ['source', 'event_type', 'metadata'] as const;
const read = [...needed, 'time_created'] as const;

export const isExport = (name: string): boolean => /\.(csv|json|jsonl|ndjson|parquet)(\.gz)?$/i.test(name);
const isJson = (name: string): boolean => /\.(json|jsonl|ndjson)(\.gz)?$/i.test(name);

/** BigQuery took rows of 10 MB at most, which may double where their quotes are escaped. */
const longestLine = 20 << 20;
const bufferSize = 24 << 20;
const text = (value: string) => `'${value.replaceAll("'", "''")}'`;
const fileText = (file: FileStat) => text(literalPath(file.path));

/** The reason why it can't be read, or the file. Never throws for what a file holds. */
export async function openExport(reader: Reader, file: FileStat): Promise<ExportFile | string> {
  if (isJson(file.path)) return openJsonLines(file);
  const head = await readHead(file);
  if (typeof head === 'string') return head;
  const vetted = await vetFile(file, head);
  if (typeof vetted === 'string') return vetted;
  const { digest } = vetted;
  if (head.header === undefined) return openParquet(reader, file, digest);
  const names = head.header.columns.map(name => name.trim().toLowerCase());
  if (needed.some(name => !names.includes(name))) return 'missing_column';
  if (read.some(name => names.indexOf(name) !== names.lastIndexOf(name))) return 'duplicate_column';
  const columns = names.map((_, index) => `'c${index}': 'VARCHAR'`).join(', ');
  const fields = read.map(name => `${names.includes(name) ? `c${names.indexOf(name)}` : "''"} AS ${name}`).join(', ');
  return {
    digest,
    firstLine: vetted.recordIsLine ? 1 : undefined,
    sql: `(SELECT row_number() OVER () AS number, ${fields}, NULL::VARCHAR AS fault
      FROM read_csv(${fileText(file)}, auto_detect = false, columns = {${columns}}, header = true, null_padding = true,
        delim = ${text(head.header.delimiter)}, quote = '"', escape = '"', parallel = false,
        compression = '${head.gzip ? 'gzip' : 'none'}', max_line_size = ${longestLine}, buffer_size = ${bufferSize}))`,
  };
}

/** Each line is looked at by itself: DuckDB's reader of JSON lines stops at the first that is none. */
async function openJsonLines(file: FileStat): Promise<ExportFile | string> {
  if (file.size === 0) return 'empty';
  const handle = await open(file.path);
  let gzip: boolean;
  let endsWithNewline: boolean;
  try {
    const first = (await handle.read(Buffer.alloc(2), 0, 2, 0)).buffer;
    gzip = first[0] === 0x1f && first[1] === 0x8b;
    endsWithNewline = gzip || (await handle.read(Buffer.alloc(1), 0, 1, file.size - 1)).buffer[0] === 0x0a;
  } finally {
    await handle.close();
  }
  const vetted = await vetFile(file, { format: 'csv', gzip });
  if (typeof vetted === 'string') return vetted;
  if (!endsWithNewline && !isSettled(file, undefined, endlessSettleSeconds)) return 'no_final_newline';
  const fields = read
    .map(name => `CASE WHEN fault IS NULL THEN coalesce(json_extract_string(line, '$.${name}'), '') END AS ${name}`)
    .join(', ');
  return {
    digest: vetted.digest,
    firstLine: 0,
    // A delimiter that no JSON text holds makes the line one field.
    sql: `(SELECT number, ${fields}, fault
      FROM (SELECT row_number() OVER () AS number, line,
          CASE WHEN NOT json_valid(line) THEN 'not_json' WHEN json_type(line) <> 'OBJECT' THEN 'not_an_object' END AS fault
        FROM read_csv(${fileText(file)}, auto_detect = false, columns = {'line': 'VARCHAR'}, header = false,
          delim = '\u0001', quote = '', escape = '', parallel = false, compression = '${gzip ? 'gzip' : 'none'}',
          max_line_size = ${longestLine}, buffer_size = ${bufferSize})))`,
  };
}

async function openParquet(reader: Reader, file: FileStat, digest: string): Promise<ExportFile | string> {
  const from = `read_parquet(${fileText(file)}, file_row_number = true)`;
  let described: Map<string, string>;
  try {
    const rows = await reader.all(`DESCRIBE SELECT * FROM ${from}`);
    described = new Map(rows.map(row => [String(row.column_name), String(row.column_type)]));
    const end = await reader.scalar(
      `SELECT max(least(data_page_offset, coalesce(nullif(dictionary_page_offset, 0), data_page_offset)) + total_compressed_size)
       FROM parquet_metadata(${fileText(file)})`,
    );
    const body = await parquetBody(file);
    if (body === undefined || Number(end ?? 0) > body) return 'truncated_parquet';
  } catch {
    return 'truncated_parquet';
  }
  const columnOf = (name: string) => [...described.keys()].find(column => column.toLowerCase() === name);
  if (needed.some(name => columnOf(name) === undefined)) return 'missing_column';
  const fields = read.map(name => {
    const column = columnOf(name);
    return `${column === undefined ? "''" : textOfColumn(`"${column.replaceAll('"', '""')}"`, described.get(column) ?? '')} AS ${name}`;
  });
  return {
    digest,
    firstLine: 0,
    sql: `(SELECT file_row_number + 1 AS number, ${fields.join(', ')}, NULL::VARCHAR AS fault FROM ${from})`,
  };
}

/** Times in UTC, whatever the session's zone; what is no text is JSON. */
function textOfColumn(column: string, type: string): string {
  if (type === 'VARCHAR' || type === 'JSON') return `${column}::VARCHAR`;
  if (type.startsWith('TIMESTAMP')) return `strftime(make_timestamp(epoch_us(${column})), '%Y-%m-%dT%H:%M:%S.%fZ')`;
  if (type === 'BLOB') return `decode(${column})`;
  return `to_json(${column})::VARCHAR`;
}
