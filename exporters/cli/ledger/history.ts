/** Writes the past of every exporter to a time series database or into a file. */
import { z } from 'zod';
import { type FamilyReport, type HistorySink, writeHistory } from '../../core/history.ts';
import type { Runtime } from '../../core/runtime.ts';
import { redactUrl } from '../../core/secrets.ts';
import { daySeconds, fromSqlTime } from '../../core/time.ts';
import { quietLog } from '../log.ts';
import type { Progress } from '../progress.ts';
import { exporterFolder, type Session } from '../session.ts';
import { defineLedgerCommand } from './command.ts';
import { createHistoryFile } from './openmetrics-file.ts';
import { refreshOnce } from './refresh.ts';
import { targetFor, writeRemotely } from './remote-sink.ts';

const inputSchema = z.strictObject({
  from: z.iso.datetime(),
  to: z.iso.datetime(),
  stepSeconds: z.int().min(1),
  /** An empty server: no seam and no watermark holds. */
  rewrite: z.boolean(),
  /** Facts are read anew first. */
  refresh: z.boolean(),
  destination: z.union([z.strictObject({ remoteWrite: z.string() }), z.strictObject({ openMetrics: z.string() })]),
});

export type HistoryInput = z.infer<typeof inputSchema>;

export interface HistoryOutput {
  readonly destination: string;
  /** The instant (ISO 8601) at which it begins, where an earlier one was asked for: before it there is no fact. */
  readonly begins?: string;
  readonly families: readonly Pick<FamilyReport, 'metric' | 'samples' | 'series'>[];
  readonly samples: number;
  readonly clipped: number;
}

export const historyCommand = defineLedgerCommand({
  name: 'history',
  input: inputSchema,
  run: async (session, input, progress): Promise<HistoryOutput> => {
    const { destination } = input;
    return 'openMetrics' in destination
      ? intoFile(session, input, destination.openMetrics, progress)
      : toServer(session, input, destination.remoteWrite, progress);
  },
});

/** Reads what is new, publishes it, and leaves out the time before the first fact, of which there is nothing to say. */
async function prepare(session: Session, input: HistoryInput, progress: Progress): Promise<HistoryInput> {
  const firsts: number[] = [];
  for (const runtime of session.runtimes) {
    if (input.refresh) await refreshOnce(runtime, progress);
    // Days are written as they were published last.
    progress.stage(`computing the metrics of ${runtime.exporter.name}`);
    await runtime.takeSnapshot();
    firsts.push(...(await firstFact(runtime)));
  }
  // Whole days, and a step more: what begins to count is seen to begin, and a day's fact may have occurred at its end.
  const margin = Math.max(input.stepSeconds, daySeconds) * 1000;
  const begin = Math.floor(Math.min(Date.parse(input.to), ...firsts) / margin - 1) * margin;
  return begin > Date.parse(input.from) ? { ...input, from: new Date(begin).toISOString() } : input;
}

const begins = (asked: HistoryInput, { from }: HistoryInput): Pick<HistoryOutput, 'begins'> =>
  from === asked.from ? {} : { begins: from };

/**
 * When the first of an exporter's facts occurred, in milliseconds; nothing where it has none. What has been so for as long
 * as anyone can say stands at the beginning of 1970, and is no beginning of anything.
 */
async function firstFact({ exporter, ledger }: Runtime): Promise<number[]> {
  if (exporter.facts.length === 0) return [];
  const each = exporter.facts.map(
    table => `SELECT min(occurred_at) FILTER (occurred_at > '1970-01-01'::TIMESTAMP) AS first FROM ${table}`,
  );
  const first = await ledger.read(reader => reader.scalar(`SELECT min(first) FROM (${each.join(' UNION ALL ')})`));
  return typeof first === 'string' ? [fromSqlTime(first).getTime()] : [];
}

async function toServer(
  session: Session,
  asked: HistoryInput,
  url: string,
  progress: Progress,
): Promise<HistoryOutput> {
  const input = await prepare(session, asked, progress);
  const { config } = session;
  const target = targetFor(config, url);
  const destination = redactUrl(url);
  const families: FamilyReport[] = [];
  const total = { samples: 0, clipped: 0 };
  for (const runtime of session.runtimes) {
    progress.stage(`writing history of ${runtime.exporter.name} to ${destination}`);
    const options = {
      dataDir: exporterFolder(config, runtime.exporter.name),
      scrapeLabels: config.scrape,
      log: quietLog(),
      onSent: (samples: number) => progress.report(samples, undefined, 'samples'),
    };
    const sent = await writeRemotely(target, options, async sink => {
      families.push(...(await writeOne(session, runtime, input, target.name, sink)));
    });
    total.samples += sent.samples;
    total.clipped += sent.clipped;
  }
  progress.end();
  return { destination, families, ...total, ...begins(asked, input) };
}

async function intoFile(
  session: Session,
  asked: HistoryInput,
  file: string,
  progress: Progress,
): Promise<HistoryOutput> {
  const out = await createHistoryFile(file);
  // A file has all of it, whatever an earlier one of the same name had: each is a target of its own.
  const target = `file:${file} ${session.now().toISOString()}`;
  try {
    const input = await prepare(session, asked, progress);
    progress.stage(`writing history to ${file}`);
    let samples = 0;
    const families: FamilyReport[] = [];
    for (const runtime of session.runtimes)
      families.push(
        ...(await writeOne(session, runtime, input, target, out.sink, report => {
          samples += report.samples;
          progress.report(samples, undefined, 'samples');
        })),
      );
    await out.finish();
    progress.end();
    return { destination: file, families, samples, clipped: 0, ...begins(asked, input) };
  } catch (error) {
    await out.discard();
    throw error;
  }
}

function writeOne(
  session: Session,
  { exporter, ledger }: Runtime,
  { from, to, stepSeconds, rewrite }: HistoryInput,
  target: string,
  sink: HistorySink,
  onFamily?: (report: FamilyReport) => void,
): Promise<readonly FamilyReport[]> {
  const options = {
    from: new Date(from),
    to: new Date(to),
    stepSeconds,
    rewrite,
    target,
    scrapeLabels: session.config.scrape,
    now: session.now,
    ...(onFamily ? { onFamily } : {}),
  };
  return writeHistory(exporter, ledger, options, sink);
}
