/**
 * Objects of a remote store (S3, Azure Blob, …) as files of a folder: what is new or changed is downloaded, whole and
 * under its key's name, and then read as every other file is. A store's client knows its API and nothing of files.
 */
import { createHash } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { appendFile, mkdir, open, rename, rm, stat, utimes, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { type Readable, Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import pLimit from 'p-limit';
import { describeError, PlumblineError } from './errors.ts';

export interface RemoteObject {
  readonly key: string;
  /** Bytes. */
  readonly size: number;
  /** Changes with the content; opaque, and of most stores no digest. */
  readonly etag: string;
  readonly modified: Date;
}

export interface ObjectStore {
  /** Every object whose key begins with `prefix`, all pages of it; rejects where the list is not whole. */
  readonly list: (prefix: string, signal?: AbortSignal) => AsyncIterable<RemoteObject>;
  /** The bytes of that very object; rejects where it has changed since it was listed (`If-Match` with its etag). */
  readonly open: (object: RemoteObject, signal?: AbortSignal) => Promise<Readable>;
}

export interface MirrorOptions {
  readonly prefix: string;
  /** The local folder, one for each store and prefix; one process at a time uses it. */
  readonly directory: string;
  /** Which objects are wanted; all unless given. */
  readonly select?: (object: RemoteObject) => boolean;
  /** Downloads at once; 4. */
  readonly concurrency?: number;
  /** Deletes local copies of what the store no longer lists; they stay unless asked for. */
  readonly deleteDropped?: boolean;
  readonly signal?: AbortSignal;
  /** Told of bytes downloaded, and of those that are to be. */
  readonly onProgress?: (done: number, total: number) => void;
}

export interface MirrorReport {
  /** Absolute paths of the files that are new or changed. */
  readonly downloaded: readonly string[];
  readonly unchanged: number;
  /** Keys that were downloaded once and are no longer listed. */
  readonly dropped: readonly string[];
}

/**
 * Brings the folder up to date. A file appears under its name when it is whole, its time is the object's; a run that was
 * killed goes on where it ended. Objects that fail do not keep others from being downloaded, but in the end reject with
 * MIRROR_FAILED: half a delivery must not be read. Folder markers (keys that end in `/`) are left out.
 */
export async function mirror(store: ObjectStore, options: MirrorOptions): Promise<MirrorReport> {
  const {
    prefix,
    directory,
    select = () => true,
    concurrency = 4,
    deleteDropped = false,
    signal,
    onProgress,
  } = options;
  const journal = path.join(directory, '.objects.jsonl');
  const partial = path.join(directory, '.partial');
  await rm(partial, { recursive: true, force: true });
  await mkdir(partial, { recursive: true });
  const known = await readJournal(journal);

  const wanted: RemoteObject[] = [];
  const listed = new Set<string>();
  for await (const object of store.list(prefix, signal)) {
    signal?.throwIfAborted();
    listed.add(object.key);
    if (!object.key.endsWith('/') && select(object)) wanted.push(object);
  }
  const files = new Map(wanted.map(object => [object.key, path.join(directory, fileNameOf(object.key))]));
  const isHere = async ({ key, etag, size }: RemoteObject) => {
    if (known.get(key) !== etag) return false;
    const found = await stat(files.get(key)!).catch(() => undefined);
    return found?.isFile() === true && found.size === size;
  };
  const atOnce = pLimit(concurrency);
  const here = await Promise.all(wanted.map(object => atOnce(() => isHere(object))));
  const missing = wanted.filter((_, index) => !here[index]);

  const total = missing.reduce((sum, { size }) => sum + size, 0);
  let done = 0;
  const onBytes = (bytes: number) => {
    done += bytes;
    onProgress?.(done, total);
  };
  const failures: { readonly key: string; readonly error: unknown }[] = [];
  const fetchOne = async (object: RemoteObject) => {
    signal?.throwIfAborted();
    const { key, etag, size, modified } = object;
    const file = files.get(key)!;
    const part = path.join(partial, createHash('sha256').update(key).digest('hex'));
    try {
      const bytes = await download(await store.open(object, signal), part, signal, onBytes);
      if (bytes !== size) throw new PlumblineError('OBJECT_INCOMPLETE', { key, bytes, size });
      await place(part, file, size, modified);
      await appendFile(journal, `${JSON.stringify({ key, etag })}\n`);
      known.set(key, etag);
    } catch (error) {
      signal?.throwIfAborted();
      failures.push({ key, error });
    }
  };
  await Promise.all(missing.map(object => atOnce(() => fetchOne(object))));

  const dropped = [...known.keys()].filter(key => key.startsWith(prefix) && !listed.has(key));
  if (deleteDropped && failures.length === 0)
    for (const key of dropped) {
      await rm(path.join(directory, fileNameOf(key)), { force: true });
      known.delete(key);
    }
  await writeJournal(journal, partial, known);
  const [first] = failures;
  if (first) {
    const details = { count: failures.length, total: missing.length, directory, key: first.key };
    throw new PlumblineError('MIRROR_FAILED', { ...details, reason: describeError(first.error) }, first.error);
  }
  return {
    downloaded: missing.map(({ key }) => files.get(key)!),
    unchanged: wanted.length - missing.length,
    dropped,
  };
}

/**
 * The relative path of a key: the key itself, with what a path can't have or would take for something else (`..`, an
 * empty part, a control character) percent-encoded. No two keys share one.
 */
export function fileNameOf(key: string): string {
  return key
    .split('/')
    .map(part =>
      /^\.{0,2}$/.test(part) ? part.replaceAll('.', '%2E') || '%' : part.replace(unsafe, encodeURIComponent),
    )
    .join('/');
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for.
const unsafe = /[\u0000-\u001f\u007f\\%]/g;

async function download(
  from: Readable,
  to: string,
  signal: AbortSignal | undefined,
  onBytes: (bytes: number) => void,
): Promise<number> {
  let bytes = 0;
  const count = new Transform({
    transform: (chunk: Buffer, _, next) => {
      bytes += chunk.length;
      onBytes(chunk.length);
      next(null, chunk);
    },
  });
  await pipeline(from, count, createWriteStream(to, { flush: true }), { ...(signal && { signal }) });
  return bytes;
}

/** Whoever knows a file by its size and time must see that it has changed, though the store's clock counts in seconds. */
async function place(part: string, file: string, size: number, modified: Date): Promise<void> {
  const before = await stat(file).catch(() => undefined);
  const isTwin = before?.size === size && Math.trunc(before.mtimeMs) === modified.getTime();
  const time = isTwin ? new Date(modified.getTime() + 1) : modified;
  await utimes(part, time, time);
  await mkdir(path.dirname(file), { recursive: true });
  await rename(part, file);
}

/** The etags of what was downloaded, by key. A last line that a kill cut short is as if it were not there. */
async function readJournal(file: string): Promise<Map<string, string>> {
  const etags = new Map<string, string>();
  if (!(await stat(file).catch(() => undefined))) return etags;
  for await (const line of createInterface({ input: createReadStream(file) }))
    try {
      const { key, etag } = JSON.parse(line) as { key: string; etag: string };
      etags.set(key, etag);
    } catch {
      // Its object is downloaded again.
    }
  return etags;
}

async function writeJournal(file: string, partial: string, etags: ReadonlyMap<string, string>): Promise<void> {
  const part = path.join(partial, 'journal');
  await writeFile(part, [...etags].map(([key, etag]) => `${JSON.stringify({ key, etag })}\n`).join(''));
  const handle = await open(part);
  await handle.sync().finally(() => handle.close());
  await rename(part, file);
}
