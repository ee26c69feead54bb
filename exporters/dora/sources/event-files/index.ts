/**
 * Events in files: what POST /push/dora/events takes, one JSON object a line, as pipelines and scripts append them. A line
 * that can't be read is rejected with its number, and the others count; a file that vanishes takes nothing with it.
 */
import { breather } from '../../../core/breathe.ts';
import { type DocumentBytes, type DocumentRead, documentFiles } from '../../../core/document-files.ts';
import { endlessSettleSeconds, isSettled } from '../../../core/files.ts';
import type { Rejection } from '../../../core/rejections.ts';
import type { ReadSource } from '../../../core/source.ts';
import { completedIncidents, completedPullRequests, statedDeployments } from '../../completed.ts';
import { PlumblineError } from '../../errors.ts';
import { noteBackfill } from '../../marks.ts';
import { storeFacts } from '../../store-facts.ts';
import { factsOf } from '../events/facts.ts';
import { readEvent } from '../events/read.ts';
import type { DeliveryEvent } from '../events/schema.ts';
import type { EventFilesConfig } from './config.ts';

/** The source `event-files`. Throws EVENT_FILES_NOT_FOUND from a refresh where the path means nothing at all. */
export const eventFilesSource = ({ name, path, every, settle }: EventFilesConfig): ReadSource =>
  documentFiles<readonly DeliveryEvent[]>({
    name,
    path,
    everySeconds: every,
    settleSeconds: settle,
    accepts: file => /\.(jsonl|ndjson)$/i.test(file),
    notFound: () => new PlumblineError('EVENT_FILES_NOT_FOUND', { path }),
    mostBytes: 256 << 20,
    read: readLines,
    write: async (tx, documents, { now, isLast }) => {
      // What follows is derived once, from all files.
      await noteBackfill(tx, name, '*', isLast ? 'done' : 'running');
      const told = factsOf(documents.flat());
      const facts = {
        commits: told.commits,
        pipelineRuns: told.pipelineRuns,
        deployments: await statedDeployments(tx, name, told.deployments),
        pullRequests: await completedPullRequests(tx, name, told.pullRequests),
        incidents: await completedIncidents(tx, name, told.incidents),
      };
      return storeFacts(tx, name, facts, now);
    },
  });

async function readLines(
  { bytes, file, gzip }: DocumentBytes,
  now: Date,
): Promise<DocumentRead<readonly DeliveryEvent[]>> {
  // A last line without its newline may be half of one.
  if (!gzip && bytes.length > 0 && bytes.at(-1) !== 0x0a && !isSettled(file, undefined, endlessSettleSeconds))
    return { state: 'waiting', reason: 'no_final_newline' };
  const events: DeliveryEvent[] = [];
  const rejections: Omit<Rejection, 'file'>[] = [];
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
      rejections.push({ line: index + 1, reason: read.reason, value: read.mistakes.join('; ').slice(0, 200) });
    else events.push(read.event);
  }
  return { state: 'loaded', document: events, records: events.length, rejections };
}
