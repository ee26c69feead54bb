/**
 * Console logs, read on from where they ended, and uploads that something else has kept. A decision that also came as a
 * post is one.
 */
import { createHash, type Hash } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { mkdtemp, open, rm, stat } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import { type FileNote, noteFiles, seenFiles } from '../../../core/file-notes.ts';
import { type FileStat, isSettled, listFiles, sameLook } from '../../../core/files.ts';
import { keepRejections } from '../../../core/rejections.ts';
import type { Batch, ReadSource, SourceContext } from '../../../core/source.ts';
import { PlumblineError } from '../../errors.ts';
import type { OpaConfig, OpaFilesConfig } from './config.ts';
import { type DecisionFile, extract } from './extract.ts';
import { storeDecisions } from './store.ts';

const sliceBytes = 512 << 20;
const batchBytes = 48 << 20;
const batchFiles = 500;
/** Of a file's beginning, by which it is known to be the one that was read before. */
const headBytes = 1024;
const isLog = (name: string) => /\.(json|jsonl|ndjson|log)(\.\d+)?(\.gz)?$/i.test(name);

/** Throws POLICY_FILES_NOT_FOUND from a refresh where the path means nothing at all. */
export function opaFiles(config: OpaConfig, files: OpaFilesConfig, name: string): ReadSource {
  return {
    kind: 'read',
    name,
    everySeconds: files.every,
    batches: async function* (context) {
      const listed = await listFiles(files.path, isLog);
      if (listed.length === 0 && !(await stat(files.path).catch(() => undefined))?.isDirectory())
        throw new PlumblineError('POLICY_FILES_NOT_FOUND', { path: files.path });
      const seen = await context.ledger.read(reader => seenFiles(reader, name));
      const due = listed.filter(file => {
        const note = seen.get(file.path);
        return note === undefined || note.state === 'waiting' || !sameLook(file, note);
      });
      const present = new Set(listed.map(file => file.path));
      const gone = [...seen.keys()].filter(file => !present.has(file));
      const folder = await mkdtemp(path.join(os.tmpdir(), 'plumbline-opa-'));
      try {
        const place = { context, config, name, folder };
        if (due.length === 0 && gone.length > 0) yield await batchOf(place, [], 'lines', gone);
        let parts: Part[] = [];
        let format: Part['format'] = 'lines';
        let done = 0;
        for (const [index, file] of due.entries()) {
          for await (const part of partsOf(file, seen.get(file.path), { settle: files.settle, folder })) {
            const bytes = parts.reduce((sum, one) => sum + one.bytes, 0);
            const isFull = bytes + part.bytes > batchBytes || parts.length >= batchFiles || part.format !== format;
            if (parts.length > 0 && isFull) {
              yield await batchOf(place, parts, format, done === 0 ? gone : []);
              done += 1;
              parts = [];
            }
            format = part.format;
            parts.push(part);
          }
          context.progress(index + 1, due.length, 'files');
        }
        if (parts.length > 0) yield await batchOf(place, parts, format, done === 0 ? gone : []);
      } finally {
        await rm(folder, { recursive: true, force: true });
      }
    },
  };
}

/** A piece of a file that is read at once. */
interface Part {
  readonly note: FileNote;
  readonly format: 'array' | 'lines';
  /** Undefined where nothing of it is read yet. */
  readonly from: string | undefined;
  /** It was copied, and goes when it is read. */
  readonly isCopy: boolean;
  readonly bytes: number;
}

interface Place {
  readonly context: SourceContext;
  readonly config: OpaConfig;
  readonly name: string;
  readonly folder: string;
}

async function batchOf(
  { context, config, name, folder }: Place,
  parts: readonly Part[],
  format: Part['format'],
  gone: readonly string[],
): Promise<Batch> {
  const now = context.now();
  const files = parts.flatMap(({ from, note }): DecisionFile[] =>
    from === undefined ? [] : [{ path: from, name: note.path }],
  );
  const into = path.join(folder, 'decisions');
  const read = files.length === 0 ? undefined : await extract(context.ledger, config, { files, format, into, now });
  for (const { from, isCopy } of parts) if (isCopy && from) await rm(from, { force: true });
  return {
    cursor: { at: now.toISOString() },
    write: async tx => {
      const notes = [...new Map(parts.map(({ note }) => [note.path, note])).values()];
      await noteFiles(tx, name, notes, { now, gone });
      const changed = read ? await storeDecisions(tx, read.file, { config, now }) : 0;
      const rejections = read?.rejections ?? [];
      const rejected = await keepRejections(
        tx,
        name,
        { read: [...new Set(rejections.map(one => one.file))], rejections },
        now,
      );
      const waiting = notes.filter(({ state }) => state === 'waiting').length;
      return { records: read?.records ?? 0, changed, rejected, waiting };
    },
  };
}

/** How far a file was read, and its beginning: kept as its digest. */
interface Progress {
  readonly through: number;
  readonly headLength: number;
  readonly head: string;
}

async function* partsOf(
  file: FileStat,
  before: FileNote | undefined,
  { settle, folder }: { readonly settle: number; readonly folder: string },
): AsyncGenerator<Part> {
  const noted = (state: FileNote['state'], reason: string, digest = before?.digest ?? ''): FileNote => ({
    ...file,
    ...{ state, reason, digest, records: 0 },
  });
  const nothing = { from: undefined, isCopy: false, bytes: 0, format: 'lines' as const };
  if (file.size === 0) return yield { ...nothing, note: noted('loaded', '') };
  const start = await startOf(file);
  const settled = isSettled(file, before, settle);
  if (start.isGzip || start.isArray) {
    if (!settled) return yield { ...nothing, note: noted('waiting', 'being_written') };
    const format = start.isArray ? 'array' : 'lines';
    return yield { note: noted('loaded', '', ''), format, from: file.path, isCopy: false, bytes: file.size };
  }
  const progress = progressOf(before?.digest);
  const isSame =
    progress && file.size >= progress.through && (await headOf(file, progress.headLength)) === progress.head;
  let through = isSame ? progress.through : 0;
  const end = await endOfLines(file, through, isSettled(file, undefined, 3600));
  const headLength = Math.min(headBytes, end);
  const head = await headOf(file, headLength);
  const digest = (at: number) => `${at}:${headLength}:${head}`;
  if (end <= through) return yield { ...nothing, note: noted('loaded', '', isSame ? before!.digest : digest(0)) };
  for (let slice = 0; through < end; slice += 1) {
    const stop = end - through <= sliceBytes ? end : await lineEndBefore(file, through + sliceBytes, through);
    const isWhole = through === 0 && stop === file.size && settled;
    const copy = path.join(
      folder,
      `${createHash('sha256').update(file.path).digest('hex').slice(0, 16)}-${slice}.jsonl`,
    );
    if (!isWhole)
      await pipeline(createReadStream(file.path, { start: through, end: stop - 1 }), createWriteStream(copy));
    const state = noted(stop < end ? 'waiting' : 'loaded', stop < end ? 'being_read' : '', digest(stop));
    yield { note: state, format: 'lines', from: isWhole ? file.path : copy, isCopy: !isWhole, bytes: stop - through };
    through = stop;
  }
}

function progressOf(digest: string | undefined): Progress | undefined {
  const [, through, headLength, head] = /^(\d+):(\d+):([0-9a-f]{64})$/.exec(digest ?? '') ?? [];
  return head === undefined ? undefined : { through: Number(through), headLength: Number(headLength), head };
}

async function headOf(file: FileStat, length: number): Promise<string> {
  const hash: Hash = createHash('sha256');
  if (length > 0) hash.update(await readRange(file.path, 0, length));
  return hash.digest('hex');
}

/** Uploads begin with `[{`; anything else is lines. */
async function startOf(file: FileStat): Promise<{ readonly isGzip: boolean; readonly isArray: boolean }> {
  const first = await readRange(file.path, 0, 2);
  const isGzip = first[0] === 0x1f && first[1] === 0x8b;
  const stream = createReadStream(file.path, { end: 65_535 });
  const text = isGzip ? stream.pipe(createGunzip()) : stream;
  let head = '';
  try {
    for await (const chunk of text as AsyncIterable<Buffer>) {
      head += chunk.toString('latin1');
      if (head.trim().length > 1) break;
    }
  } catch {
    // A gzip that is cut after its beginning is told when it is read.
  } finally {
    stream.destroy();
  }
  return { isGzip, isArray: /^(\u00ef\u00bb\u00bf)?\s*\[\s*[{\]]/.test(head) };
}

/** The end of the last whole line; of the file, where it ends without a newline and nobody has written for long. */
async function endOfLines(file: FileStat, from: number, isOld: boolean): Promise<number> {
  const end = await lineEndBefore(file, file.size, from);
  return isOld && end < file.size ? file.size : end;
}

/** The position after the last newline before `before`, `from` where there is none. */
async function lineEndBefore(file: FileStat, before: number, from: number): Promise<number> {
  const step = 1 << 20;
  for (let stop = before; stop > from; stop -= step) {
    const begin = Math.max(from, stop - step);
    const at = (await readRange(file.path, begin, stop - begin)).lastIndexOf(0x0a);
    if (at !== -1) return begin + at + 1;
  }
  return from;
}

async function readRange(file: string, position: number, length: number): Promise<Buffer> {
  const handle = await open(file);
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(length), 0, length, position);
    return buffer.subarray(0, bytesRead);
  } finally {
    await handle.close();
  }
}
