/** Writes the past of every exporter to a time series database or into a file. */
import { z } from 'zod';
import { type FamilyReport, type HistorySink, writeHistory } from '../../core/history.ts';
import type { Runtime } from '../../core/runtime.ts';
import { redactUrl } from '../../core/secrets.ts';
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
  readonly families: readonly Pick<FamilyReport, 'metric' | 'samples' | 'series'>[];
  readonly samples: number;
  readonly clipped: number;
}

export const historyCommand = defineLedgerCommand({
  name: 'history',
  input: inputSchema,
  run: async (session, input, progress): Promise<HistoryOutput> => {
    for (const runtime of session.runtimes) {
      if (input.refresh) await refreshOnce(runtime, progress);
      // Days are written as they were published last.
      await runtime.takeSnapshot();
    }
    return 'openMetrics' in input.destination
      ? intoFile(session, input, input.destination.openMetrics, progress)
      : toServer(session, input, input.destination.remoteWrite, progress);
  },
});

async function toServer(
  session: Session,
  input: HistoryInput,
  url: string,
  progress: Progress,
): Promise<HistoryOutput> {
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
  return { destination, families, ...total };
}

async function intoFile(
  session: Session,
  input: HistoryInput,
  file: string,
  progress: Progress,
): Promise<HistoryOutput> {
  progress.stage(`writing history to ${file}`);
  const out = createHistoryFile(file);
  // A file has all of it, whatever an earlier one of the same name had: each is a target of its own.
  const target = `file:${file} ${session.now().toISOString()}`;
  try {
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
    return { destination: file, families, samples, clipped: 0 };
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
