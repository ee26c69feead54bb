/**
 * The embedded ledger: one DuckDB file per exporter, one instance per file per process (a second one destroys
 * committed rows), one writer connection behind a mutex, a few readers that each see one snapshot.
 */
import { existsSync, mkdirSync, readFileSync, realpathSync, statSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { DuckDBBlobValue, type DuckDBConnection, DuckDBInstance, type DuckDBValue, type Json } from '@duckdb/node-api';
import pLimit from 'p-limit';
import { PlumblineError } from './errors.ts';
import { copyBeside, copyLedger, putInPlace } from './ledger-copy.ts';

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

export interface Transaction extends Reader {
  /** Tells that a table has changed, so that the views reading it run again after the commit. */
  readonly touch: (...tables: readonly string[]) => void;
}

export interface Ledger {
  readonly path: string;
  /** Runs `work` on a reader: everything it reads is one snapshot; temporary tables vanish with it. */
  readonly read: <T>(work: (reader: Reader) => Promise<T>) => Promise<T>;
  /** Runs `work` in the one write transaction; rolled back whole when it throws. */
  readonly write: <T>(work: (tx: Transaction) => Promise<T>) => Promise<T>;
  /** How often each table was touched since the ledger was opened. */
  readonly generation: (table: string) => number;
  /** The number of commits since the ledger was opened. */
  readonly commits: () => number;
  /** Bytes of the file and its write-ahead log. */
  readonly size: () => number;
  /** Writes a consistent copy to another file while the ledger stays open. */
  readonly copyTo: (file: string) => Promise<void>;
  /**
   * Puts a copy in the place of the file: DuckDB leaves what was deleted in pages that are free, or that other rows are
   * still in. Reads wait meanwhile. False where readers did not come to an end in time; nothing is changed then.
   */
  readonly rewrite: () => Promise<boolean>;
  readonly close: () => Promise<void>;
}

export interface LedgerOptions {
  /** A file, or `:memory:`. */
  readonly path: string;
  /** SQL files run at open after the core's own; idempotent. */
  readonly tables?: readonly URL[];
  /** DuckDB's own limit; it is overshot by some 700 MB. */
  readonly memoryLimit?: string;
  readonly threads?: number;
  readonly readers?: number;
}

const openPaths = new Set<string>();
const coreTables = new URL('./tables.sql', import.meta.url);

/**
 * Opens a ledger, creating it where it is missing. Errors: LEDGER_LOCKED, LEDGER_OPEN_TWICE, LEDGER_DISK_FULL,
 * LEDGER_FOLDER_FAILED, LEDGER_UNREADABLE.
 */
export async function openLedger(options: LedgerOptions): Promise<Ledger> {
  const {
    tables = [],
    memoryLimit = '800MB',
    threads = Math.max(1, os.availableParallelism() - 1),
    readers = 3,
  } = options;
  const inMemory = options.path === ':memory:';
  const file = inMemory ? options.path : canonical(options.path);
  if (!inMemory && openPaths.has(file)) throw new PlumblineError('LEDGER_OPEN_TWICE', { path: file });
  if (!inMemory) openPaths.add(file);
  const create = () =>
    DuckDBInstance.create(file, {
      threads: String(threads),
      memory_limit: memoryLimit,
      preserve_insertion_order: 'false',
      // Unless told, DuckDB spills a ledger in memory into `.tmp` of the folder it was started from.
      temp_directory: inMemory ? path.join(os.tmpdir(), `plumbline-${process.pid}.tmp`) : `${file}.tmp`,
    });
  let instance: DuckDBInstance;
  try {
    instance = await create();
  } catch (error) {
    openPaths.delete(file);
    throw openError(error, file);
  }
  let writer = await instance.connect();
  try {
    for (const url of [coreTables, ...tables]) await writer.run(readFileSync(url, 'utf8'));
  } catch (error) {
    writer.closeSync();
    instance.closeSync();
    openPaths.delete(file);
    throw openError(error, file);
  }

  const generations = new Map<string, number>();
  let commits = 0;
  const idle: DuckDBConnection[] = [];
  const oneWriter = pLimit(1);
  const someReaders = pLimit(readers);
  const reading = new Set<Promise<unknown>>();
  let closed = false;
  /** It could not be opened again after it was rewritten. */
  let isLost = false;
  let rewriting: Promise<unknown> | undefined;
  let underWay = 0;
  // DuckDB's bindings crash the process where a connection is used after its instance is closed.
  const refuseWhenClosed = () => {
    if (closed) throw new PlumblineError('LEDGER_FAILED', { path: file, reason: 'it is closed' });
  };

  const transact = async <T>(connection: DuckDBConnection, end: 'COMMIT' | 'ROLLBACK', work: () => Promise<T>) => {
    try {
      await connection.run('BEGIN TRANSACTION');
      const result = await work();
      await connection.run(end);
      return result;
    } catch (error) {
      await connection.run('ROLLBACK').catch(() => undefined);
      throw ledgerError(error, file);
    }
  };

  const shut = () => {
    for (const connection of idle.splice(0)) connection.closeSync();
    writer.closeSync();
    instance.closeSync();
  };

  const rewrite = async (): Promise<boolean> => {
    for (const until = Date.now() + readersMs; underWay > 0; await delay(20)) if (Date.now() > until) return false;
    await copyBeside(writer, file);
    // Until it is open again nothing may use it.
    closed = true;
    isLost = true;
    shut();
    const isWhole = putInPlace(file);
    instance = await create();
    writer = await instance.connect();
    closed = false;
    isLost = false;
    return isWhole;
  };

  return {
    path: file,
    read: work => {
      const read = someReaders(async () => {
        while (rewriting) await rewriting.catch(() => undefined);
        refuseWhenClosed();
        underWay += 1;
        try {
          const connection = idle.pop() ?? (await instance.connect());
          try {
            return await transact(connection, 'ROLLBACK', () => work(readerOn(connection)));
          } finally {
            idle.push(connection);
          }
        } finally {
          underWay -= 1;
        }
      });
      reading.add(read);
      void read.catch(() => undefined).finally(() => reading.delete(read));
      return read;
    },
    write: work =>
      oneWriter(async () => {
        refuseWhenClosed();
        const touched = new Set<string>();
        const tx: Transaction = {
          ...readerOn(writer),
          touch: (...names) => {
            for (const name of names) touched.add(name);
          },
        };
        const result = await transact(writer, 'COMMIT', () => work(tx));
        for (const name of touched) generations.set(name, (generations.get(name) ?? 0) + 1);
        commits += 1;
        return result;
      }),
    generation: table => generations.get(table) ?? 0,
    commits: () => commits,
    size: () => (inMemory ? 0 : fileSize(file) + fileSize(`${file}.wal`)),
    copyTo: target =>
      oneWriter(async () => {
        refuseWhenClosed();
        await copyLedger(writer, target);
      }),
    rewrite: () =>
      oneWriter(async () => {
        refuseWhenClosed();
        if (inMemory) return true;
        rewriting = rewrite();
        try {
          return await (rewriting as Promise<boolean>);
        } catch (error) {
          throw ledgerError(error, file);
        } finally {
          rewriting = undefined;
        }
      }),
    close: async () => {
      // Readers and the writer finish first; nothing new may start after.
      await oneWriter(async () => {
        closed = true;
      });
      while (reading.size > 0) await Promise.allSettled(reading);
      if (!isLost) shut();
      openPaths.delete(file);
    },
  };
}

/** So long readers may take until a file that is to be rewritten stays as it is. */
const readersMs = 10_000;

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

function readerOn(connection: DuckDBConnection): Reader {
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

function canonical(file: string): string {
  const directory = path.dirname(path.resolve(file));
  try {
    mkdirSync(directory, { recursive: true });
  } catch (error) {
    const reason = (error as NodeJS.ErrnoException).code ?? String(error);
    throw new PlumblineError('LEDGER_FOLDER_FAILED', { directory, reason }, error);
  }
  return path.join(realpathSync(directory), path.basename(file));
}

const fileSize = (file: string) => (existsSync(file) ? statSync(file).size : 0);

function ledgerError(error: unknown, file: string): unknown {
  if (error instanceof PlumblineError) return error;
  const text = error instanceof Error ? error.message : String(error);
  const lock = /Conflicting lock is held.*?\(PID (\d+)\)/s.exec(text);
  if (lock) return new PlumblineError('LEDGER_LOCKED', { path: file, pid: lock[1] }, error);
  if (/No space left on device|Could not write.*disk|ENOSPC/i.test(text))
    return new PlumblineError('LEDGER_DISK_FULL', { path: file }, error);
  return error;
}

/** What opening fails with is the file's fault where nothing else is known: no rights, or not a ledger. */
function openError(error: unknown, file: string): unknown {
  const known = ledgerError(error, file);
  if (known !== error) return known;
  const reason = (error instanceof Error ? error.message : String(error)).split('\n')[0];
  return new PlumblineError('LEDGER_UNREADABLE', { path: file, reason }, error);
}
