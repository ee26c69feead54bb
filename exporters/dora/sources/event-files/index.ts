/**
 * Events in files: what POST /push/dora/events takes, one JSON object a line, as pipelines and scripts append them. A line
 * that can't be read is rejected with its number, and the others count; a file that vanishes takes nothing with it.
 */
import { createHash } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';
import { breather } from '../../../core/breathe.ts';
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
import { keepRejections, type Rejection } from '../../../core/rejections.ts';
import type { Batch, ReadSource } from '../../../core/source.ts';
import { completedDeployments, completedIncidents, completedPullRequests } from '../../completed.ts';
import { PlumblineError } from '../../errors.ts';
import { noteBackfill, storeFacts } from '../../facts.ts';
import { factsOf } from '../events/facts.ts';
import { readEvent } from '../events/read.ts';
import type { DeliveryEvent } from '../events/schema.ts';
import type { EventFilesConfig } from './config.ts';

const mostBytes = 256 << 20;
/** A batch is of whole files: a statement costs the same for one event as for thousands. */
const batchEvents = 20_000;

const isEvents = (name: string) => /\.(jsonl|ndjson)$/i.test(name);

/** The source `event-files`. Throws EVENT_FILES_NOT_FOUND from a refresh where the path means nothing at all. */
export function eventFilesSource({ name, path, every, settle }: EventFilesConfig): ReadSource {
  return {
    kind: 'read',
    name,
    everySeconds: every,
    batches: async function* (context) {
      const listed = await listFiles(path, isEvents);
      // An empty folder waits for its first event.
      if (listed.length === 0 && !(await stat(path).catch(() => undefined))?.isDirectory())
        throw new PlumblineError('EVENT_FILES_NOT_FOUND', { path });
      const seen = await context.ledger.read(reader => seenFiles(reader, name));
      const due = listed.filter(file => {
        const note = seen.get(file.path);
        return note === undefined || note.state === 'waiting' || !sameLook(file, note);
      });
      const present = new Set(listed.map(file => file.path));
      const gone = [...seen.keys()].filter(file => !present.has(file));
      const batchOf = (reads: readonly ReadEvents[], { isFirst, isLast }: Place): Batch => ({
        cursor: { path },
        write: async tx => {
          const now = context.now();
          // What follows is derived once, from all files.
          await noteBackfill(tx, name, '*', isLast ? 'done' : 'running');
          const notes = reads.map(({ note }) => note);
          await noteFiles(tx, name, notes, { now, gone: isFirst ? gone : [] });
          const told = factsOf(reads.flatMap(({ events }) => events));
          const facts = {
            commits: told.commits,
            pipelineRuns: told.pipelineRuns,
            deployments: await completedDeployments(tx, name, told.deployments),
            pullRequests: await completedPullRequests(tx, name, told.pullRequests),
            incidents: await completedIncidents(tx, name, told.incidents),
          };
          const read = { read: notes.map(note => note.path), rejections: reads.flatMap(({ rejects }) => rejects) };
          return {
            records: reads.reduce((sum, { events }) => sum + events.length, 0),
            changed: await storeFacts(tx, name, facts, now),
            rejected: await keepRejections(tx, name, read, now),
            waiting: notes.filter(({ state }) => state === 'waiting').length,
          };
        },
      });
      let reads: ReadEvents[] = [];
      let isFirst = true;
      for (const [index, file] of due.entries()) {
        reads.push(
          isSettled(file, seen.get(file.path), settle)
            ? await readFileOf(file, context.now())
            : { note: noteOf(file, 'waiting', 'being_written'), events: [], rejects: [] },
        );
        context.progress(index + 1, due.length, 'files');
        const isLast = index + 1 === due.length;
        if (!isLast && reads.reduce((sum, { events }) => sum + events.length, 0) < batchEvents) continue;
        yield batchOf(reads, { isFirst, isLast });
        reads = [];
        isFirst = false;
      }
      if (due.length === 0 && gone.length > 0)
        yield {
          cursor: { path },
          write: async tx => {
            await noteFiles(tx, name, [], { now: context.now(), gone });
            return { records: 0, changed: 0, rejected: {} };
          },
        };
    },
  };
}

interface Place {
  readonly isFirst: boolean;
  readonly isLast: boolean;
}

interface ReadEvents {
  readonly note: FileNote;
  readonly events: readonly DeliveryEvent[];
  readonly rejects: readonly Rejection[];
}

const noteOf = (file: FileStat, state: FileNote['state'], reason: string, digest = '', records = 0): FileNote => ({
  ...file,
  state,
  reason,
  digest,
  records,
});

async function readFileOf(file: FileStat, now: Date): Promise<ReadEvents> {
  const broken = (reason: string): ReadEvents => ({
    note: noteOf(file, 'broken', reason),
    events: [],
    rejects: [{ file: file.path, reason: `file_${reason}` }],
  });
  if (file.size > mostBytes) return broken('too_large');
  const bytes = await readFile(file.path).catch(() => undefined);
  if (bytes === undefined || !sameLook(file, await look(file.path)))
    return { note: noteOf(file, 'waiting', 'changed_while_read'), events: [], rejects: [] };
  // A last line without its newline may be half of one.
  if (bytes.length > 0 && bytes.at(-1) !== 0x0a && !isSettled(file, undefined, 3600))
    return { note: noteOf(file, 'waiting', 'no_final_newline'), events: [], rejects: [] };
  const events: DeliveryEvent[] = [];
  const rejects: Rejection[] = [];
  const breathe = breather();
  for (const [index, line] of bytes
    .toString('utf8')
    .replace(/^\uFEFF/, '')
    .split('\n')
    .entries()) {
    if (breathe.due()) await breathe.now();
    if (line.trim() === '') continue;
    const read = readEvent(line, now);
    if ('mistakes' in read)
      rejects.push({
        ...{ file: file.path, line: index + 1, reason: read.reason },
        value: read.mistakes.join('; ').slice(0, 200),
      });
    else events.push(read.event);
  }
  const digest = createHash('sha256').update(bytes).digest('hex');
  return { note: noteOf(file, 'loaded', '', digest, events.length), events, rejects };
}
