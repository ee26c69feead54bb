/**
 * An exporter at work: its ledger open, its sources refreshed on their schedules, its page kept up to date.
 * Sources of all exporters share a limit, so that a start does not ask every system at once.
 */
import path from 'node:path';
import pLimit from 'p-limit';
import type { Logger } from 'pino';
import { describeError } from './errors.ts';
import type { Exporter } from './exporter.ts';
import { type Ledger, openLedger } from './ledger.ts';
import { postQueues } from './queues.ts';
import { commitBatch, type RefreshResult, refreshSource } from './refresh.ts';
import { pruneDaily } from './retention.ts';
import { retrySeconds } from './retry.ts';
import { createSnapshotter } from './snapshot.ts';
import type { Snapshot } from './snapshot-types.ts';
import type { Batch, BatchCounts, PushRequest, RequestPlan, Source, SourceContext } from './source.ts';
import { countFiles, readStatuses, type SourceStatus, statusAfter } from './status.ts';
import { fromSqlTime, sqlTime } from './time.ts';

export interface RuntimeOptions {
  readonly dataDir: string;
  readonly log: Logger;
  readonly seriesLimit?: number;
  /** Days of the stamped daily families that the page carries; 0 (the default) where remote write has them. */
  readonly pageDays?: number;
  readonly memoryLimit?: string;
  readonly threads?: number;
  readonly now?: () => Date;
  readonly progress?: SourceContext['progress'];
  /** Told after every refresh and after every snapshot; for the process's own metrics. */
  readonly onRefresh?: (result: RefreshResult) => void;
  readonly onSnapshot?: (snapshot: Snapshot, milliseconds: number) => void;
}

export interface Runtime {
  readonly exporter: Exporter;
  readonly ledger: Ledger;
  readonly now: () => Date;
  /** Refreshes one source, or all one after the other. */
  readonly refresh: (source?: string) => Promise<readonly RefreshResult[]>;
  readonly snapshot: () => Snapshot | undefined;
  /** Brings the page up to date and returns it. Throws SERIES_OVER_LIMIT; a view that fails is told in `problems`. */
  readonly takeSnapshot: () => Promise<Snapshot>;
  readonly sources: () => readonly SourceStatus[];
  /** Brings a configuration that has changed meanwhile (who owns what) into the ledger, as a start does. */
  readonly prepare: () => Promise<void>;
  /** What the next refresh of a source asks; undefined where the source plans nothing. Throws what its plan throws. */
  readonly plan: (source: string) => Promise<RequestPlan | undefined>;
  /** What is wrong with the page at present: views that failed, a page too large. */
  readonly problems: () => readonly string[];
  /** Commits what another system posted, or keeps it on the disk where its source has a queue. */
  readonly accept: (source: string, request: PushRequest) => Promise<BatchCounts>;
  /** Commits all posts that wait in queues now. Throws what a source's `drain` or the ledger throws. */
  readonly drain: () => Promise<void>;
  /** Notes that a time series database has scraped the page: the seam of every family not scraped before. */
  readonly scraped: () => Promise<void>;
  /** Begins the schedules; the first refresh of every source begins at once. */
  readonly start: () => void;
  /** Ends the schedules, waits for what is under way (stopping it between two batches) and closes the ledger. */
  readonly stop: () => Promise<void>;
}

const snapshotSeconds = 15;
/** Between two looks whether a source may begin. */
const waitMs = 500;
const sourcesAtOnce = pLimit(2);

/** Opens the exporter's ledger and prepares it. Errors: those of openLedger, and what `prepare` throws. */
export async function openRuntime(exporter: Exporter, options: RuntimeOptions): Promise<Runtime> {
  const { dataDir, log: parentLog, seriesLimit = 50_000, pageDays = 0, now = () => new Date() } = options;
  const log = parentLog.child({ exporter: exporter.name });
  const ledger = await openLedger({
    path: path.join(dataDir, `${exporter.name}.duckdb`),
    tables: exporter.tables,
    ...(options.memoryLimit ? { memoryLimit: options.memoryLimit } : {}),
    ...(options.threads ? { threads: options.threads } : {}),
  });
  const prepare = () =>
    ledger.write(async tx => {
      await exporter.prepare?.(tx, { now, log });
      // A changed configuration changes what is derived, though no batch may come.
      await exporter.derive?.(tx, { now, log });
    });
  try {
    await prepare();
  } catch (error) {
    await ledger.close();
    throw error;
  }
  await pruneDaily({ exporter, ledger, log, now });
  const statuses = await readStatuses(ledger, exporter);
  const seams = await readSeams(ledger);
  const snapshotter = createSnapshotter({ exporter, ledger, pageDays, seriesLimit });
  const oneSnapshot = pLimit(1);
  const abort = new AbortController();
  const timers = new Set<NodeJS.Timeout>();
  const underWay = new Set<Promise<unknown>>();
  let problems: readonly string[] = [];

  const track = <T>(work: Promise<T>): Promise<T> => {
    underWay.add(work);
    void work.catch(() => undefined).finally(() => underWay.delete(work));
    return work;
  };
  const context = {
    exporter,
    ledger,
    log,
    now,
    signal: abort.signal,
    progress: options.progress ?? (() => undefined),
  };

  const refreshOne = async (name: string): Promise<RefreshResult> => {
    const source = exporter.sources.find(candidate => candidate.name === name);
    if (!source) throw new RangeError(`${exporter.name} has no source ${name}`);
    const result = await refreshSource(source, context);
    const files = await countFiles(ledger, name);
    statuses.set(name, statusAfter(statuses.get(name), result, source, files.get(name)));
    options.onRefresh?.(result);
    await pruneDaily(context);
    return result;
  };

  const commit = async (source: Source, startedAt: Date, batch: Batch): Promise<BatchCounts> => {
    const { name } = source;
    const counts = await commitBatch(name, batch, context);
    const result: RefreshResult = { source: name, startedAt, endedAt: now(), waiting: 0, ...counts, error: undefined };
    statuses.set(name, statusAfter(statuses.get(name), result, source));
    options.onRefresh?.(result);
    await pruneDaily(context);
    return counts;
  };
  const queues = postQueues({ ...context, dataDir, commit });

  const takeSnapshot = () =>
    oneSnapshot(async () => {
      const begun = performance.now();
      try {
        const { snapshot, errors } = await snapshotter.take(now());
        problems = errors.map(describeError);
        for (const error of errors) log.error({ err: error }, 'view failed');
        options.onSnapshot?.(snapshot, performance.now() - begun);
        return snapshot;
      } catch (error) {
        problems = [describeError(error)];
        throw error;
      }
    });

  const later = (milliseconds: number, work: () => void) => {
    if (abort.signal.aborted) return;
    const timer = setTimeout(() => {
      timers.delete(timer);
      work();
    }, milliseconds);
    timers.add(timer);
  };
  const snapshotLoop = () => {
    void track(takeSnapshot().catch((error: unknown) => log.error({ err: error }, 'snapshot failed'))).then(() =>
      later(snapshotSeconds * 1000, snapshotLoop),
    );
  };
  const setNextRun = (name: string, nextRun: Date | undefined) => {
    const status = statuses.get(name);
    if (status) statuses.set(name, { ...status, nextRun });
  };
  const waitAfter = async (source: Source, failures: number, first: number | undefined): Promise<number> => {
    const { everySeconds } = source;
    if (failures === 0) return everySeconds;
    const seconds = retrySeconds(everySeconds, first, failures);
    if (seconds < everySeconds && source.kind === 'pull' && source.mayRetry) {
      const may = await source.mayRetry({ ledger, now }).catch(() => false);
      if (!may) return everySeconds;
    }
    return seconds;
  };
  /** `failures` in a row so far. */
  const sourceLoop = (source: Source, failures = 0) => {
    const { name } = source;
    const turn = async () => {
      if (abort.signal.aborted) return;
      if (source.kind === 'pull' && source.isReady !== undefined && !(await source.isReady()))
        return later(waitMs, () => sourceLoop(source, failures));
      setNextRun(name, undefined);
      const result = await refreshOne(name);
      if (result.changed > 0) void track(takeSnapshot().catch(() => undefined));
      const failed = result.error === undefined ? 0 : failures + 1;
      const seconds = await waitAfter(source, failed, result.retrySeconds);
      // Up to a tenth off, so that sources of many exporters do not fall in step; never sooner than a server has asked for.
      const jitter = seconds < source.everySeconds ? 1 + Math.random() / 10 : 1 - Math.random() / 10;
      const nextMs = Math.min(source.everySeconds, seconds * jitter) * 1000;
      const nextRun = new Date(now().getTime() + nextMs);
      setNextRun(name, nextRun);
      if (failed > 0) log.warn({ source: name, failures: failed, nextRun }, 'refresh is tried again');
      later(nextMs, () => sourceLoop(source, failed));
    };
    void track(sourcesAtOnce(turn));
  };

  return {
    exporter,
    ledger,
    now,
    refresh: async name => {
      const results: RefreshResult[] = [];
      for (const source of exporter.sources)
        if (source.kind !== 'push' && (name === undefined || source.name === name))
          results.push(await track(refreshOne(source.name)));
      return results;
    },
    prepare: () => track(prepare()),
    snapshot: snapshotter.current,
    takeSnapshot,
    plan: async name => {
      const source = exporter.sources.find(candidate => candidate.name === name);
      return source?.kind === 'pull' ? source.plan?.({ ledger, now }) : undefined;
    },
    sources: () => exporter.sources.flatMap(source => statuses.get(source.name) ?? []),
    problems: () => problems,
    accept: async (name, request) => {
      const source = exporter.sources.find(candidate => candidate.name === name);
      if (source?.kind !== 'push') throw new RangeError(`${exporter.name} has no push source ${name}`);
      return 'queue' in source
        ? queues.accept(source, request)
        : commit(source, now(), await source.accept(context, request));
    },
    drain: queues.drain,
    scraped: async () => {
      const fresh = (snapshotter.current()?.families ?? [])
        .map(family => family.metric.name)
        .filter(name => !seams.has(name));
      if (fresh.length === 0) return;
      const instant = now();
      for (const name of fresh) seams.set(name, instant);
      await ledger.write(async tx => {
        for (const name of new Set(fresh))
          await tx.run('INSERT INTO seams VALUES ($name, $at::TIMESTAMP)', { name, at: sqlTime(instant) });
      });
    },
    start: () => {
      for (const source of exporter.sources) if (source.kind !== 'push') sourceLoop(source);
      void track(queues.run());
      // The page of what the ledger holds already does not wait for the first refresh.
      snapshotLoop();
    },
    stop: async () => {
      abort.abort();
      queues.stop();
      for (const timer of timers) clearTimeout(timer);
      while (underWay.size > 0) await Promise.allSettled(underWay);
      await oneSnapshot(async () => undefined);
      await ledger.close();
    },
  };
}

async function readSeams(ledger: Ledger): Promise<Map<string, Date>> {
  const rows = await ledger.read(reader =>
    reader.all('SELECT metric, min(first_live) AS first_live FROM seams GROUP BY metric'),
  );
  return new Map(rows.map(row => [String(row.metric), fromSqlTime(String(row.first_live))]));
}
