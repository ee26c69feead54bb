/**
 * Files are vetted before they are read: DuckDB's readers swallow a truncated gzip, a CSV cut inside quotes and a file
 * that is still growing without a word. What was seen is noted (file-notes.ts), so that a file is read once.
 */
import { createHash } from 'node:crypto';
import { createReadStream, type ReadStream } from 'node:fs';
import { glob, open, readdir, stat } from 'node:fs/promises';
import path from 'node:path';
import { createGunzip } from 'node:zlib';
import {
  type CsvDelimiter,
  type CsvHeader,
  type CsvHeaderFault,
  type CsvRecord,
  endOfRecord,
  readCsvHeader,
  scanCsv,
} from './csv.ts';

/** A file as the directory shows it; two looks that agree in all three show an unchanged file. */
export interface FileStat {
  /** Absolute. */
  readonly path: string;
  /** Bytes. */
  readonly size: number;
  readonly mtimeMs: number;
}

export type FileFault =
  | CsvHeaderFault
  | 'being_written'
  | 'changed_while_read'
  | 'vanished'
  | 'truncated_gzip'
  | 'corrupt_gzip'
  | 'unbalanced_quotes'
  | 'truncated_record'
  | 'no_final_newline'
  | 'truncated_parquet'
  | 'zip_archive';

export type FileFormat = 'csv' | 'parquet';

/** The files that a path (a file, a folder with all below it, or a glob) means, by path. Hidden ones are left out. */
export async function listFiles(pattern: string, accepts: (name: string) => boolean): Promise<FileStat[]> {
  const target = path.resolve(pattern);
  const found = await stat(target).catch(() => undefined);
  const names: string[] = [];
  if (found?.isFile()) names.push(target);
  else if (found?.isDirectory()) {
    for (const entry of await readdir(target, { recursive: true, withFileTypes: true }))
      if (!entry.isDirectory()) names.push(path.join(entry.parentPath, entry.name));
  } else for await (const name of glob(target)) names.push(path.resolve(name));
  const chosen = names.filter(
    name => name === target || (accepts(name) && !path.relative(target, name).split(path.sep).some(isHidden)),
  );
  const stats = await Promise.all(chosen.map(look));
  return stats.filter(file => file !== undefined).sort((a, b) => (a.path < b.path ? -1 : 1));
}

const isHidden = (part: string) => (part.startsWith('.') && part !== '..') || part.startsWith('_');

/** Looks at a file again; undefined where it is gone or no file. */
export async function look(file: string): Promise<FileStat | undefined> {
  const found = await stat(file).catch(() => undefined);
  return found?.isFile() ? { path: file, size: found.size, mtimeMs: Math.trunc(found.mtimeMs) } : undefined;
}

export const sameLook = (a: FileStat, b: FileStat | undefined): boolean =>
  b !== undefined && a.size === b.size && a.mtimeMs === b.mtimeMs;

/** Settled: the look agrees with the one before, or the file was last written `settleSeconds` ago or earlier. */
export function isSettled(file: FileStat, before: FileStat | undefined, settleSeconds: number): boolean {
  return settleSeconds <= 0 || sameLook(file, before) || Date.now() - file.mtimeMs >= settleSeconds * 1000;
}

export interface FileHead {
  readonly format: FileFormat;
  readonly gzip: boolean;
  /** Of a CSV file. */
  readonly header?: CsvHeader;
}

const headBytes = 1 << 20;
const sliceBytes = 512 << 10;
const parquetMagic = 'PAR1';
/** Of a workbook (.xlsx), too. */
const zipMagic = 'PK\x03\x04';

/** Reads how a file begins: its format by its first bytes, and a CSV file's header. */
export async function readHead(file: FileStat): Promise<FileHead | FileFault> {
  if (file.size === 0) return 'empty';
  const first = await readAt(file.path, 0, 4);
  if (first.toString('latin1') === parquetMagic) return { format: 'parquet', gzip: false };
  if (first.toString('latin1') === zipMagic) return 'zip_archive';
  if (file.path.toLowerCase().endsWith('.parquet')) return 'truncated_parquet';
  const gzip = first[0] === 0x1f && first[1] === 0x8b;
  const head = gzip ? await gunzipHead(file.path) : await readAt(file.path, 0, headBytes);
  if (typeof head === 'string') return head;
  const header = readCsvHeader(head);
  return typeof header === 'string' ? header : { format: 'csv', gzip, header };
}

/** A plain CSV file without a newline at its end is taken for finished after this long without a change, in seconds. */
export const endlessSettleSeconds = 3600;

export interface VettedFile {
  /** sha256 of the file's bytes, hex. */
  readonly digest: string;
  /** Data records of a CSV file, without its header and blank lines; undefined for Parquet. */
  readonly records: number | undefined;
  /** False where a quoted field holds a newline or a line is blank: then a record's number isn't its line's. */
  readonly recordIsLine: boolean;
}

/**
 * Reads a whole file once: digest, gzip to its trailer, balanced quotes, last record, Parquet's magic at both ends. A last
 * record without a newline, though with all its fields, may be cut in the last one: the file is `no_final_newline` until
 * it hasn't changed for `endlessSettleSeconds`; gzip's trailer proves the same at once.
 * Never holds the event loop longer than a slice of 512 KiB takes. `onBytes` is told the bytes read on the way.
 */
export async function vetFile(
  file: FileStat,
  head: FileHead,
  options: { readonly onBytes?: (bytes: number) => void; readonly signal?: AbortSignal } = {},
): Promise<VettedFile | FileFault> {
  if (head.format === 'parquet') {
    const last = file.size >= 12 ? await readAt(file.path, file.size - 4, 4) : Buffer.alloc(0);
    if (last.toString('latin1') !== parquetMagic) return 'truncated_parquet';
  }
  const hash = createHash('sha256');
  const scan = head.header ? scanCsv(head.header.delimiter) : undefined;
  const stream = head.gzip
    ? createReadStream(file.path, { highWaterMark: sliceBytes, ...(options.signal && { signal: options.signal }) })
    : undefined;
  try {
    const told = (chunk: Buffer) => {
      hash.update(chunk);
      options.onBytes?.(chunk.length);
    };
    if (head.gzip && stream) {
      stream.on('data', chunk => told(chunk as Buffer));
      for await (const chunk of uncompressed(stream, true)) scan?.push(chunk);
    } else
      for await (const chunk of slices(file.path)) {
        options.signal?.throwIfAborted();
        told(chunk);
        scan?.push(chunk);
      }
  } catch (error) {
    options.signal?.throwIfAborted();
    return gzipFault(error);
  } finally {
    stream?.destroy();
  }
  const digest = hash.digest('hex');
  if (!scan) return { digest, records: undefined, recordIsLine: true };
  const shape = scan.end();
  if (!shape.balanced) return 'unbalanced_quotes';
  if (!shape.lastRecordWhole) return 'truncated_record';
  if (shape.records === 0) return 'empty';
  if (!shape.endsWithNewline && !head.gzip && !isSettled(file, undefined, endlessSettleSeconds))
    return 'no_final_newline';
  return { digest, records: shape.records - 1, recordIsLine: shape.recordIsLine };
}

/** Tells each record of a CSV file; throws what the file system and zlib throw. */
export async function eachCsvRecord(
  file: string,
  format: { readonly gzip: boolean; readonly delimiter: CsvDelimiter },
  onRecord: (record: CsvRecord) => void,
): Promise<void> {
  const scan = scanCsv(format.delimiter, onRecord);
  const stream = createReadStream(file, { highWaterMark: 512 << 10 });
  try {
    for await (const chunk of uncompressed(stream, format.gzip)) scan.push(chunk);
    scan.end();
  } finally {
    stream.destroy();
  }
}

/** The file's bytes in one buffer, slice by slice: a buffer a slice slows every thread of the process by a third. */
async function* slices(file: string): AsyncGenerator<Buffer> {
  const handle = await open(file);
  try {
    const buffer = Buffer.allocUnsafeSlow(sliceBytes);
    for (;;) {
      const { bytesRead } = await handle.read(buffer, 0, buffer.length);
      if (bytesRead === 0) return;
      yield buffer.subarray(0, bytesRead);
    }
  } finally {
    await handle.close();
  }
}

/** The bytes of a file that may be gzip; whoever asks destroys the stream. */
export function uncompressed(stream: ReadStream, gzip: boolean): AsyncIterable<Buffer> {
  if (!gzip) return stream as AsyncIterable<Buffer>;
  const gunzip = createGunzip({ chunkSize: 256 << 10 });
  stream.on('error', error => gunzip.destroy(error));
  return stream.pipe(gunzip) as AsyncIterable<Buffer>;
}

/**
 * Bytes of a Parquet file before its footer, where its column chunks must end: DuckDB reads a file that lost bytes in
 * the middle without a word. Undefined where the footer can't be one.
 */
export async function parquetBody(file: FileStat): Promise<number | undefined> {
  if (file.size < 12) return undefined;
  const footer = (await readAt(file.path, file.size - 8, 4)).readUInt32LE(0);
  return file.size - 8 - footer >= 4 ? file.size - 8 - footer : undefined;
}

/** A path as DuckDB's readers take it literally; they would expand `*`, `?` and `[`. */
export const literalPath = (file: string): string => file.replace(/[*?[]/g, '[$&]');

async function readAt(file: string, position: number, length: number): Promise<Buffer> {
  const handle = await open(file);
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(length), 0, length, position);
    return buffer.subarray(0, bytesRead);
  } finally {
    await handle.close();
  }
}

async function gunzipHead(file: string): Promise<Buffer | FileFault> {
  const stream = createReadStream(file);
  const chunks: Buffer[] = [];
  try {
    for await (const chunk of uncompressed(stream, true)) {
      chunks.push(chunk);
      const bytes = Buffer.concat(chunks);
      if (bytes.length >= headBytes || endOfRecord(bytes, 0) < bytes.length) return bytes;
    }
    return Buffer.concat(chunks);
  } catch (error) {
    return gzipFault(error);
  } finally {
    stream.destroy();
  }
}

function gzipFault(error: unknown): FileFault {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  if (code === 'Z_BUF_ERROR') return 'truncated_gzip';
  if (typeof code === 'string' && code.startsWith('Z_')) return 'corrupt_gzip';
  if (code === 'ENOENT') return 'vanished';
  throw error;
}
