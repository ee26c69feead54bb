/** A file of a table before anything of it is understood: settled, whole, unpacked. */
import { readFile } from 'node:fs/promises';
import { type FileStat, isSettled, look, sameLook } from '../../core/files.ts';
import { gunzipped } from '../../core/gzip.ts';
import { digestOf } from './joined.ts';

const mostBytes = 128 << 20;

export const isTable = (name: string) => /\.(csv|tsv|tab|txt)(\.gz)?$/i.test(name);

export interface TableBytes {
  /** Unpacked. */
  readonly bytes: Buffer;
  /** Of the file as it lies there. */
  readonly digest: string;
}

export interface UnreadFile {
  readonly state: 'waiting' | 'broken';
  readonly reason: string;
}

/** `before` is how the file looked the last time. */
export async function readTableFile(
  file: FileStat,
  before: FileStat | undefined,
  settleSeconds: number,
): Promise<TableBytes | UnreadFile> {
  if (!isSettled(file, before, settleSeconds)) return { state: 'waiting', reason: 'being_written' };
  if (file.size > mostBytes) return { state: 'broken', reason: 'too_large' };
  const packed = await readFile(file.path).catch(() => undefined);
  if (packed === undefined || !sameLook(file, await look(file.path)))
    return { state: 'waiting', reason: 'changed_while_read' };
  const bytes = await gunzipped(packed, mostBytes);
  return typeof bytes === 'string' ? { state: 'broken', reason: bytes } : { bytes, digest: digestOf(packed) };
}
