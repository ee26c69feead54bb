/**
 * The embedded ledger: one DuckDB file per exporter, one instance per file per process (a second one destroys
 * committed rows), one writer connection behind a mutex, a few readers that each see one snapshot.
 */
import { existsSync, mkdirSync, readFileSync, realpathSync, statSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api';
import pLimit from 'p-limit';
import { PlumblineError } from './errors.ts';
import { copyBeside, copyLedger, putInPlace } from './ledger-copy.ts';
import { type Reader, readerOn } from './ledger-reader.ts';

export type { Parameters, Reader, Row } from './ledger-reader.ts';

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
