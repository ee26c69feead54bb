/**
 * Tables of answers in files, read as one: an answer that was edited or deleted shows only against all that there is, so
 * that they are read anew together when any of them changes. While one is not whole, nothing counts as withdrawn.
 */
import { stat } from 'node:fs/promises';
import path from 'node:path';
import { type FileNote, noteFiles, seenFiles } from '../../core/file-notes.ts';
import { type FileStat, listFiles, sameLook } from '../../core/files.ts';
import type { Rejection } from '../../core/rejections.ts';
import type { Batch, ReadSource, SourceContext } from '../../core/source.ts';
import { PlumblineError } from '../errors.ts';
import { type SurveyDesk, tell } from '../surveys/desk.ts';
import { joinedSheets } from './joined.ts';
import { readSheet, type SheetOptions, type SheetRead } from './read.ts';
import { isTable, readTableFile } from './table-file.ts';

export interface SheetFiles {
  readonly name: string;
  readonly path: string;
  readonly everySeconds: number;
  readonly settleSeconds: number;
  readonly isWhole: boolean;
  /** Changes where the same files would tell something else. */
  readonly shape: string;
  readonly options: SheetOptions;
}

/** Throws SURVEY_FILES_NOT_FOUND from a refresh where the path means nothing at all. */
export function sheetFiles(source: SheetFiles, desk: SurveyDesk): ReadSource {
  const { name, shape } = source;
  return {
    kind: 'read',
    name,
    everySeconds: source.everySeconds,
    batches: async function* (context, before) {
      const listed = await listFiles(source.path, isTable);
      if (listed.length === 0 && !(await stat(source.path).catch(() => undefined))?.isDirectory())
        throw new PlumblineError('SURVEY_FILES_NOT_FOUND', { path: source.path });
      const seen = await context.ledger.read(reader => seenFiles(reader, name));
      const isKnown = (file: FileStat) => {
        const note = seen.get(file.path);
        return note !== undefined && note.state !== 'waiting' && sameLook(file, note);
      };
      const present = new Set(listed.map(file => file.path));
      const gone = [...seen.keys()].filter(file => !present.has(file));
      const isSame = (before as { shape?: string } | null | undefined)?.shape === shape;
      if (isSame && gone.length === 0 && listed.every(isKnown)) return;
      const files: FileRead[] = [];
      for (const file of listed.toSorted((a, b) => a.mtimeMs - b.mtimeMs)) {
        context.signal.throwIfAborted();
        files.push(await readOne(source, file, seen.get(file.path)));
        context.progress(files.length, listed.length, 'files');
      }
      if (files.length > 0 || gone.length > 0) yield batchOf(source, desk, context, { files, gone });
    },
  };
}

interface FileRead {
  readonly note: FileNote;
  readonly read?: SheetRead;
  readonly rejections: readonly Rejection[];
}

async function readOne(source: SheetFiles, file: FileStat, before: FileNote | undefined): Promise<FileRead> {
  const noted = (
    state: FileNote['state'],
    reason: string,
    more: { digest?: string; field?: string } = {},
  ): FileRead => ({
    note: { ...file, state, reason, digest: more.digest ?? '', records: 0 },
    rejections:
      state === 'broken'
        ? [{ file: file.path, reason: `file_${reason}`, ...(more.field === undefined ? {} : { field: more.field }) }]
        : [],
  });
  const table = await readTableFile(file, before, source.settleSeconds);
  if ('state' in table) return noted(table.state, table.reason);
  const { bytes, digest } = table;
  const read = readSheet(bytes, source.options);
  if ('fault' in read)
    return noted('broken', read.fault, { digest, ...(read.column === undefined ? {} : { field: read.column }) });
  return {
    note: { ...file, state: 'loaded', reason: '', digest, records: read.responses.length },
    read,
    rejections: read.rejections.map(rejection => ({ ...rejection, file: file.path })),
  };
}

function batchOf(
  { name, shape, isWhole }: SheetFiles,
  desk: SurveyDesk,
  context: SourceContext,
  { files, gone }: { readonly files: readonly FileRead[]; readonly gone: readonly string[] },
): Batch {
  return {
    cursor: { shape },
    write: async tx => {
      const now = context.now();
      const notes = files.map(({ note }) => note);
      await noteFiles(tx, name, notes, { now, gone });
      const sheets = files.flatMap(({ note, read }) => (read ? [{ name: path.basename(note.path), read }] : []));
      const areAllRead = files.every(({ note, read }) => note.state === 'loaded' && read!.rejections.every(isHarmless));
      const counts = await tell(
        tx,
        { source: name, desk, now },
        {
          ...joinedSheets(sheets),
          isWhole: isWhole && files.length > 0 && areAllRead,
          // What is about to be read is waited for; what is broken may stay so.
          hasMore: notes.some(({ state }) => state === 'waiting'),
        },
        { read: [...notes.map(note => note.path), ...gone], rejections: files.flatMap(({ rejections }) => rejections) },
      );
      return { ...counts, waiting: notes.filter(({ state }) => state === 'waiting').length };
    },
  };
}

/** A response that can't be read has not been withdrawn; a column that stands there twice takes none away. */
const isHarmless = ({ reason }: Pick<Rejection, 'reason'>) =>
  reason === 'duplicate_column' || reason === 'duplicate_id';
