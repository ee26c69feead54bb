/** How rows are asked for and appended on a connection of the ledger. */
import { DuckDBBlobValue, type DuckDBConnection, type DuckDBValue, type Json } from '@duckdb/node-api';

/** A row as text: BIGINT, DECIMAL, DATE and TIMESTAMP arrive as strings, so that no money passes through a double. */
export type Row = Record<string, Json>;
export type Parameters = Readonly<Record<string, DuckDBValue>>;

export interface Reader {
  readonly all: (sql: string, parameters?: Parameters) => Promise<Row[]>;
  /** The first column of the first row; undefined where there is no row. */
  readonly scalar: (sql: string, parameters?: Parameters) => Promise<Json | undefined>;
  /** The first column, which must be BLOB, row by row; for rendered pages. */
  readonly blobs: (sql: string, parameters?: Parameters) => Promise<Buffer[]>;
  /** Runs one or several statements without a result, such as temporary tables and views. */
  readonly run: (sql: string, parameters?: Parameters) => Promise<void>;
  /** Rows as arrays in chunks, never all in memory; values as in `all`. */
  readonly stream: (sql: string, parameters?: Parameters) => AsyncIterable<Json[][]>;
  /** Appends rows (arrays in the table's column order) to a table, temporary or not. */
  readonly append: (table: string, rows: Iterable<readonly DuckDBValue[]>) => Promise<void>;
}

/** An escape of JSON: a pair that stands for one character, half of such a pair, or another one. */
const jsonEscape = /\\(?:u(d[89ab][0-9a-f]{2})\\ud[c-f][0-9a-f]{2}|u(d[89a-f][0-9a-f]{2})|.)/gis;

/**
 * Half a surrogate pair is JSON to JavaScript and none to DuckDB, which would refuse all rows beside it. A text that was
 * cut within a character ends with one; U+FFFD takes its place.
 */
export const wholeEscapes = (json: string): string =>
  /\\ud[89a-f]/i.test(json)
    ? json.replace(jsonEscape, (whole, _pair, half) => (half === undefined ? whole : '\\ufffd'))
    : json;

const bound = (parameters: Parameters): Record<string, DuckDBValue> =>
  Object.fromEntries(
    Object.entries(parameters).map(([name, value]) => [
      name,
      typeof value === 'string' && /^[[{]/.test(value) ? wholeEscapes(value) : value,
    ]),
  );

export function readerOn(connection: DuckDBConnection): Reader {
  const all = async (sql: string, parameters?: Parameters) => {
    const result = await connection.runAndReadAll(sql, parameters && bound(parameters));
    return result.getRowObjectsJson() as Row[];
  };
  return {
    all,
    scalar: async (sql, parameters) => Object.values((await all(sql, parameters))[0] ?? {})[0],
    run: async (sql, parameters) => {
      await connection.run(sql, parameters && bound(parameters));
    },
    blobs: async (sql, parameters) => {
      const result = await connection.runAndReadAll(sql, parameters && bound(parameters));
      return (result.getColumns()[0] ?? []).flatMap(value =>
        value instanceof DuckDBBlobValue ? [Buffer.from(value.bytes)] : [],
      );
    },
    stream: async function* (sql, parameters) {
      const result = await connection.stream(sql, parameters && bound(parameters));
      for await (const rows of result.yieldRowsJson()) yield rows;
    },
    append: async (table, rows) => {
      const appender = await connection.createAppender(table);
      for (const row of rows) {
        row.forEach((value, index) => {
          // A value object per cell costs far more than the append itself; DuckDB casts to the column's type.
          if (value === null) appender.appendNull();
          else if (typeof value === 'string') appender.appendVarchar(value);
          else if (typeof value === 'bigint') appender.appendBigInt(value);
          else if (typeof value === 'boolean') appender.appendBoolean(value);
          else if (typeof value === 'number') appender.appendDouble(value);
          else appender.appendValue(value, appender.columnType(index));
        });
        appender.endRow();
      }
      appender.closeSync();
    },
  };
}
