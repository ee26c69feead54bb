/**
 * A bounded queue of requests on disk: a folder of numbered files, each written whole (temporary name, fsync, rename)
 * with a checksum. It survives a kill at any point; one process owns a folder at a time.
 */
import { closeSync, fsyncSync, mkdirSync, openSync, readdirSync, renameSync, rmSync, statSync } from 'node:fs';
import { open, readFile, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { crc32 } from 'node:zlib';
import pLimit from 'p-limit';
import { PlumblineError } from './errors.ts';

export interface SpoolEntry {
  readonly id: string;
  readonly samples: number;
  readonly body: Buffer;
}

export interface Spool {
  readonly directory: string;
  /**
   * Keeps a request; it is on the disk when this resolves. Throws SPOOL_FULL where it does not fit, SPOOL_FAILED where
   * the disk refuses; nothing of it is kept then, and the producer keeps its cursor.
   */
  readonly put: (body: Buffer, samples: number) => Promise<void>;
  /** The oldest request, undefined where there is none; a damaged one is set aside (renamed to `.damaged`) and reported. */
  readonly oldest: () => Promise<SpoolEntry | undefined>;
  readonly remove: (id: string) => Promise<void>;
  readonly bytes: () => number;
  readonly samples: () => number;
  readonly entries: () => number;
  /** Resolves at the next put or remove. */
  readonly changed: () => Promise<void>;
}

export interface SpoolOptions {
  readonly directory: string;
  /** 256 MiB. */
  readonly maxBytes?: number;
  readonly onDamaged?: (file: string, samples: number) => void;
}

const filePattern = /^(\d{12})-(\d+)\.rw$/;
const magic = Buffer.from('PLW1');
const headerBytes = 8;

/** Opens the folder, creating it where it is missing. Throws SPOOL_FAILED. */
export function openSpool({ directory, maxBytes = 256 * 2 ** 20, onDamaged }: SpoolOptions): Spool {
  const failed = (error: unknown) =>
    new PlumblineError(
      'SPOOL_FAILED',
      { directory, reason: error instanceof Error ? error.message : String(error) },
      error,
    );
  const files = new Map<string, { readonly samples: number; readonly size: number }>();
  try {
    mkdirSync(directory, { recursive: true });
    for (const name of readdirSync(directory).sort()) {
      const samples = filePattern.exec(name)?.[2];
      if (samples !== undefined)
        files.set(name, { samples: Number(samples), size: statSync(path.join(directory, name)).size });
      // A kill between writing and renaming leaves it; its producer never heard that it was kept.
      else if (name.endsWith('.tmp') || isOldDamage(path.join(directory, name))) rmSync(path.join(directory, name));
    }
  } catch (error) {
    throw failed(error);
  }
  let sequence = Number([...files.keys()].at(-1)?.slice(0, 12) ?? 0);
  let held = [...files.values()].reduce((sum, file) => sum + file.size, 0);
  let waiting: (() => void)[] = [];
  const oneAtATime = pLimit(1);
  const wake = () => {
    const woken = waiting;
    waiting = [];
    for (const resolve of woken) resolve();
  };
  const forget = (name: string) => {
    held -= files.get(name)?.size ?? 0;
    files.delete(name);
    wake();
  };

  return {
    directory,
    put: (body, samples) =>
      oneAtATime(async () => {
        const size = headerBytes + body.length;
        if (held + size > maxBytes)
          throw new PlumblineError('SPOOL_FULL', { bytes: size, directory, held, limit: maxBytes });
        sequence += 1;
        const name = `${String(sequence).padStart(12, '0')}-${samples}.rw`;
        const file = path.join(directory, name);
        const header = Buffer.alloc(headerBytes);
        magic.copy(header);
        header.writeUInt32LE(crc32(body), 4);
        try {
          const handle = await open(`${file}.tmp`, 'w', 0o600);
          try {
            await handle.writev([header, body]);
            await handle.sync();
          } finally {
            await handle.close();
          }
          renameSync(`${file}.tmp`, file);
          syncDirectory(directory);
        } catch (error) {
          await rm(`${file}.tmp`, { force: true }).catch(() => undefined);
          throw failed(error);
        }
        files.set(name, { samples, size });
        held += size;
        wake();
      }),
    oldest: async () => {
      for (const [name, { samples }] of files) {
        const file = path.join(directory, name);
        const content = await readFile(file).catch((error: NodeJS.ErrnoException) => {
          if (error.code === 'ENOENT') return undefined;
          throw failed(error);
        });
        const body = content?.subarray(headerBytes);
        if (
          content &&
          body &&
          content.length >= headerBytes &&
          content.subarray(0, 4).equals(magic) &&
          content.readUInt32LE(4) === crc32(body)
        )
          return { id: name, samples, body };
        if (content) await rename(file, `${file}.damaged`).catch(() => undefined);
        forget(name);
        onDamaged?.(file, samples);
      }
      return undefined;
    },
    remove: async id => {
      await rm(path.join(directory, id), { force: true }).catch((error: unknown) => {
        throw failed(error);
      });
      forget(id);
    },
    bytes: () => held,
    samples: () => [...files.values()].reduce((sum, file) => sum + file.samples, 0),
    entries: () => files.size,
    changed: () => new Promise(resolve => waiting.push(resolve)),
  };
}

/** What is damaged is kept for who wants to look into it, for 30 days. */
const isOldDamage = (file: string) =>
  file.endsWith('.damaged') && Date.now() - statSync(file).mtimeMs > 30 * 86_400_000;

/** Without it a power cut can undo the rename. */
function syncDirectory(directory: string): void {
  const handle = openSync(directory, 'r');
  try {
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}
