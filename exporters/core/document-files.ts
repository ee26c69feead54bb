/**
 * Documents in files: what CI, scanners and scripts write, each read whole and once. Lists them, waits for those that are
 * being written, unpacks gzip, notes what was read in the table `files`, keeps rejections, and commits a batch at a time,
 * so that memory stays bounded however many there are. A file that vanishes takes nothing with it.
 */
import { createHash } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';
import { type FileNote, noteFiles, seenFiles } from './file-notes.ts';
import { type FileStat, isSettled, listFiles, look, sameLook } from './files.ts';
import { gunzipped } from './gzip.ts';
import type { Transaction } from './ledger.ts';
import { keepRejections, type Rejection } from './rejections.ts';
import type { Batch, ReadSource, SourceContext } from './source.ts';

export type DocumentRead<Document> =
  | {
      readonly state: 'loaded';
      readonly document: Document;
      /** Records of it that could be read. */
      readonly records: number;
      readonly rejections: readonly Omit<Rejection, 'file'>[];
    }
  /** `waiting` is looked at again, `broken` is a rejection, `skipped` is whole but nothing of this source's. */
  | { readonly state: 'waiting' | 'broken' | 'skipped'; readonly reason: string };

export interface DocumentBytes {
  /** Uncompressed. */
  readonly bytes: Buffer;
  readonly file: FileStat;
  /** Its trailer has proved that it is whole. */
  readonly gzip: boolean;
  /** False, where a source reads such files, of one that is perhaps still being written. */
  readonly isSettled: boolean;
}

export interface DocumentFiles<Document> {
  readonly name: string;
  readonly everySeconds: number;
  /** A file, a folder or a glob. */
  readonly path: string;
  readonly settleSeconds: number;
  /** Files are read before they have settled, too: their content tells whether to wait. */
  readonly readsUnsettled?: boolean;
  /** By a file's name without `.gz`. */
  readonly accepts: (name: string) => boolean;
  /** Thrown from a refresh where the path means nothing at all; an empty folder waits for its first file. */
  readonly notFound: () => Error;
  /** Of one file, uncompressed. */
  readonly mostBytes: number;
  /** Never throws for what is in the bytes. */
  readonly read: (given: DocumentBytes, now: Date) => DocumentRead<Document> | Promise<DocumentRead<Document>>;
  /** Where documents must be written in an order that their names don't tell: the smallest first, in all of a refresh. */
  readonly orderOf?: (document: Document) => number;
  /** Of documents kept in memory until their turn; those beyond it are read again. 64 MiB. */
  readonly heldBytes?: number;
  /** Returns how many facts were new or have changed. `isLast`: no more files are due in this refresh. */
  readonly write: (
    tx: Transaction,
    documents: readonly Document[],
    place: { readonly now: Date; readonly isLast: boolean },
  ) => Promise<number>;
}

/** What a batch holds at most, and what is kept in memory of files that have to be put in order. */
const mostAtOnce = { bytes: 64 << 20, records: 20_000, files: 500 } as const;

export function documentFiles<Document>(source: DocumentFiles<Document>): ReadSource {
  const { name, everySeconds, path } = source;
  return {
    kind: 'read',
    name,
    everySeconds,
    batches: async function* (context) {
      const listed = await listFiles(path, file => source.accepts(file.replace(/\.gz$/i, '')));
      if (listed.length === 0 && !(await stat(path).catch(() => undefined))?.isDirectory()) throw source.notFound();
      const seen = await context.ledger.read(reader => seenFiles(reader, name));
      const due = listed.filter(file => {
        const note = seen.get(file.path);
        return note === undefined || note.state === 'waiting' || !sameLook(file, note);
      });
      const present = new Set(listed.map(file => file.path));
      const gone = [...seen.keys()].filter(file => !present.has(file));
      const plan: Plan = { due, seen };
      const reads = source.orderOf ? inOrder(source, plan, context, source.orderOf) : inTurn(source, plan, context);
      let batch: FileRead<Document>[] = [];
      let isFirst = true;
      let count = 0;
      for await (const read of reads) {
        batch.push(read);
        count += 1;
        const isLast = count === due.length;
        if (!isLast && !isFull(batch)) continue;
        yield batchOf(source, batch, context, { isLast, gone: isFirst ? gone : [] });
        batch = [];
        isFirst = false;
      }
      if (due.length === 0 && gone.length > 0) yield batchOf(source, [], context, { isLast: true, gone });
    },
  };
}

interface Plan {
  readonly due: readonly FileStat[];
  readonly seen: ReadonlyMap<string, FileNote>;
}

interface FileRead<Document> {
  readonly note: FileNote;
  /** Uncompressed. */
  readonly bytes: number;
  readonly document?: Document;
  readonly rejections: readonly Rejection[];
}

const sum = (numbers: readonly number[]) => numbers.reduce((total, number) => total + number, 0);

const isFull = (batch: readonly FileRead<unknown>[]) =>
  batch.length >= mostAtOnce.files ||
  sum(batch.map(({ bytes }) => bytes)) >= mostAtOnce.bytes ||
  sum(batch.map(({ note }) => note.records)) >= mostAtOnce.records;

async function* inTurn<Document>(
  source: DocumentFiles<Document>,
  { due, seen }: Plan,
  context: SourceContext,
): AsyncGenerator<FileRead<Document>> {
  for (const [index, file] of due.entries()) {
    context.signal.throwIfAborted();
    yield await readOne(source, file, seen.get(file.path), context.now());
    context.progress(index + 1, due.length, 'files');
  }
}

/** Reads all to know their order, and those again that memory has no room for until their turn. */
async function* inOrder<Document>(
  source: DocumentFiles<Document>,
  plan: Plan,
  context: SourceContext,
  orderOf: (document: Document) => number,
): AsyncGenerator<FileRead<Document>> {
  const turns: { readonly file: FileStat; readonly order: number; held: FileRead<Document> | undefined }[] = [];
  let bytes = 0;
  for await (const read of inTurn(source, plan, context)) {
    const { document } = read;
    const order = document === undefined ? Number.NEGATIVE_INFINITY : orderOf(document);
    if (document !== undefined) bytes += read.bytes;
    const isHeld = document === undefined || bytes <= (source.heldBytes ?? mostAtOnce.bytes);
    turns.push({ file: plan.due[turns.length]!, order, held: isHeld ? read : undefined });
  }
  turns.sort((a, b) => a.order - b.order);
  for (const turn of turns) {
    context.signal.throwIfAborted();
    yield turn.held ?? (await readOne(source, turn.file, plan.seen.get(turn.file.path), context.now()));
    turn.held = undefined;
  }
}

function batchOf<Document>(
  { name, path, write }: DocumentFiles<Document>,
  batch: readonly FileRead<Document>[],
  context: SourceContext,
  { isLast, gone }: { readonly isLast: boolean; readonly gone: readonly string[] },
): Batch {
  return {
    cursor: { path },
    write: async tx => {
      const now = context.now();
      const notes = batch.map(({ note }) => note);
      await noteFiles(tx, name, notes, { now, gone });
      const documents = batch.flatMap(({ document }) => (document === undefined ? [] : [document]));
      const changed = await write(tx, documents, { now, isLast });
      const read = notes.map(note => note.path);
      const rejections = batch.flatMap(one => one.rejections);
      return {
        records: sum(notes.map(note => note.records)),
        changed,
        rejected: await keepRejections(tx, name, { read, rejections }, now),
        waiting: notes.filter(({ state }) => state === 'waiting').length,
      };
    },
  };
}

async function readOne<Document>(
  source: DocumentFiles<Document>,
  file: FileStat,
  before: FileNote | undefined,
  now: Date,
): Promise<FileRead<Document>> {
  const noted = (
    state: FileNote['state'],
    reason: string,
    more: { readonly digest?: string; readonly bytes?: number } = {},
  ) => ({
    note: { ...file, state, reason, digest: more.digest ?? '', records: 0 },
    bytes: more.bytes ?? 0,
    rejections: state === 'broken' ? [{ file: file.path, reason: `file_${reason}` }] : [],
  });
  const settled = isSettled(file, before, source.settleSeconds);
  if (!settled && source.readsUnsettled !== true) return noted('waiting', 'being_written');
  if (file.size > source.mostBytes) return noted('broken', 'too_large');
  const packed = await readFile(file.path).catch(() => undefined);
  if (packed === undefined || !sameLook(file, await look(file.path))) return noted('waiting', 'changed_while_read');
  const bytes = await gunzipped(packed, source.mostBytes);
  if (typeof bytes === 'string') return settled ? noted('broken', bytes) : noted('waiting', 'being_written');
  const read = await source.read({ bytes, file, gzip: bytes !== packed, isSettled: settled }, now);
  const more = { digest: createHash('sha256').update(packed).digest('hex'), bytes: bytes.length };
  if (read.state !== 'loaded') return noted(read.state, read.reason, more);
  return {
    note: { ...file, state: 'loaded', reason: '', digest: more.digest, records: read.records },
    bytes: bytes.length,
    document: read.document,
    rejections: read.rejections.map(rejection => ({ ...rejection, file: file.path })),
  };
}
