/**
 * Infracost's estimates on disk: what a change of infrastructure will cost a month, as CI writes it for each pull request
 * and for each push to a default branch. A file that vanishes takes nothing with it: CI keeps its files for a while only.
 */
import { createHash } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';
import {
  type FileNote,
  type FileStat,
  isSettled,
  listFiles,
  look,
  noteFiles,
  sameLook,
  seenFiles,
} from '../../../core/files.ts';
import type { ReadSource, Reject } from '../../../core/source.ts';
import { PlumblineError } from '../../errors.ts';
import type { InfracostConfig } from './config.ts';
import { type Document, readDocument } from './document.ts';
import { replaceRejects, storeEstimates } from './store.ts';

const mostBytes = 64 << 20;
const filesPerBatch = 100;

const isEstimate = (name: string) => /\.json$/i.test(name);

/** The source `infracost`. Throws ESTIMATES_NOT_FOUND from a refresh where the path means nothing at all. */
export function infracostSource(config: InfracostConfig): ReadSource {
  const { name, path, settle } = config;
  return {
    kind: 'read',
    name,
    everySeconds: config.every,
    batches: async function* (context) {
      const listed = await listFiles(path, isEstimate);
      // An empty folder waits for its first pull request.
      if (listed.length === 0 && !(await stat(path).catch(() => undefined))?.isDirectory())
        throw new PlumblineError('ESTIMATES_NOT_FOUND', { path });
      const seen = await context.ledger.read(reader => seenFiles(reader, name));
      const due = listed.filter(file => {
        const note = seen.get(file.path);
        return note === undefined || note.state === 'waiting' || !sameLook(file, note);
      });
      const present = new Set(listed.map(file => file.path));
      const gone = [...seen.keys()].filter(file => !present.has(file));
      for (let start = 0; start < Math.max(due.length, Math.min(gone.length, 1)); start += filesPerBatch) {
        const read: ReadFile[] = [];
        for (const file of due.slice(start, start + filesPerBatch))
          read.push(
            isSettled(file, seen.get(file.path), settle)
              ? await readEstimates(file, config.default_branches)
              : { note: noteOf(file, 'waiting', 'being_written') },
          );
        context.progress(start + read.length, due.length, 'files');
        yield {
          cursor: { path },
          write: async tx => {
            const now = context.now();
            const notes = read.map(({ note }) => note);
            const documents = read.flatMap(({ document }) => document ?? []);
            await noteFiles(tx, name, notes, { now, gone: start === 0 ? gone : [] });
            const changed = await storeEstimates(
              tx,
              name,
              documents.flatMap(({ estimates }) => estimates),
              now,
            );
            const rejects = read.flatMap(rejectsOf);
            await replaceRejects(tx, name, { rejects, files: notes.map(note => note.path), now });
            const rejected: Record<string, number> = {};
            for (const { reason } of rejects) rejected[reason] = (rejected[reason] ?? 0) + 1;
            const waiting = notes.filter(note => note.state === 'waiting').length;
            return { records: notes.reduce((sum, note) => sum + note.records, 0), changed, rejected, waiting };
          },
        };
      }
    },
  };
}

interface ReadFile {
  readonly note: FileNote;
  readonly document?: Document;
}

const noteOf = (file: FileStat, state: FileNote['state'], reason: string, digest = '', records = 0): FileNote => ({
  ...file,
  state,
  reason,
  digest,
  records,
});

async function readEstimates(file: FileStat, defaultBranches: readonly string[]): Promise<ReadFile> {
  if (file.size > mostBytes) return { note: noteOf(file, 'broken', 'too_large') };
  const bytes = await readFile(file.path).catch(() => undefined);
  if (!sameLook(file, await look(file.path)) || bytes === undefined)
    return { note: noteOf(file, 'waiting', 'changed_while_read') };
  const digest = createHash('sha256').update(bytes).digest('hex');
  const document = readDocument(bytes.toString('utf8').replace(/^\uFEFF/, ''), defaultBranches);
  if (typeof document !== 'string')
    return { note: noteOf(file, 'loaded', '', digest, document.estimates.length), document };
  return { note: noteOf(file, document === 'not_infracost' ? 'skipped' : 'broken', document, digest) };
}

const rejectsOf = ({ note, document }: ReadFile): Omit<Reject, 'source'>[] =>
  note.state === 'broken'
    ? [{ file: note.path, reason: `file_${note.reason}` }]
    : (document?.rejects ?? []).map(reject => ({ ...reject, file: note.path }));
