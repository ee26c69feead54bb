/** The configured exporters with their ledgers open, for the length of a command or of a server. */
import path from 'node:path';
import type { Logger } from 'pino';
import type { Catalog } from '../catalog/catalog.ts';
import type { Ownership } from '../catalog/ownership.ts';
import type { Config } from '../config.ts';
import type { Exporter } from '../core/exporter.ts';
import { openRuntime, type Runtime, type RuntimeOptions } from '../core/runtime.ts';
import { createSelfMetrics, recordSnapshot, recordSource, type SelfMetrics } from '../core/self-metrics.ts';
import type { Snapshot } from '../core/snapshot-types.ts';
import { subjectReaderOf } from '../core/subject-reader.ts';
import { buildExporters } from '../registry.ts';
import { version } from './version.ts';

export interface Session {
  readonly config: Config;
  readonly runtimes: readonly Runtime[];
  /** The program's own metrics, kept in step with every refresh and snapshot. */
  readonly self: SelfMetrics;
  readonly now: () => Date;
  readonly close: () => Promise<void>;
}

export interface SessionOptions extends Pick<RuntimeOptions, 'progress' | 'now'> {
  /** Told after every snapshot of an exporter. */
  readonly onSnapshot?: (exporter: string) => void;
  /** Whether the own metrics have those of process and runtime too; they mean something in a server alone. */
  readonly processMetrics?: boolean;
  readonly log: Logger;
  /** Exporters by name; all that are configured unless given. */
  readonly only?: readonly string[];
  readonly reassignFrom?: string;
  /** Who owns what; read by the configuration unless given. */
  readonly ownership?: Ownership;
  readonly catalog?: () => Catalog;
}

/** Who writes the stamped daily samples: as configured, else remote write where there is a target, else the page. */
export const dailyWriterOf = (config: Config): 'remote_write' | 'page' | 'none' =>
  config.daily_writer ?? (config.remote_write.length > 0 ? 'remote_write' : 'page');

/** Opens every ledger; closes those that are open again when one can't be. Errors: those of openRuntime. */
export async function openSession(config: Config, options: SessionOptions): Promise<Session> {
  // What crosses domains reads the others once all are open.
  let session: Session | undefined;
  const subjects = () => (session?.runtimes ?? []).flatMap(runtime => subjectReaderOf(runtime) ?? []);
  session = await openExporters(config, await buildExporters(config, options.only, { ...options, subjects }), options);
  return session;
}

export async function openExporters(
  config: Config,
  exporters: readonly Exporter[],
  {
    only: _,
    reassignFrom: __,
    ownership: ___,
    catalog: ____,
    onSnapshot,
    processMetrics = false,
    ...options
  }: SessionOptions,
): Promise<Session> {
  const runtimes: Runtime[] = [];
  const self = createSelfMetrics({ version, demo: config.demo, runtime: processMetrics });
  const close = async () => {
    for (const runtime of runtimes) await runtime.stop();
  };
  try {
    for (const exporter of exporters)
      runtimes.push(
        await openRuntime(exporter, {
          ...options,
          ...recorders(self, () => runtimes.find(runtime => runtime.exporter === exporter), onSnapshot),
          dataDir: config.data_dir,
          seriesLimit: config.series_limit,
          pageDays: dailyWriterOf(config) === 'page' ? config.page_days : 0,
        }),
      );
  } catch (error) {
    await close();
    throw error;
  }
  for (const runtime of runtimes) for (const status of runtime.sources()) recordSource(self, status);
  return { config, runtimes, self, now: options.now ?? (() => new Date()), close };
}

/** A runtime is asked for once it is open: it tells nothing before. */
function recorders(
  self: SelfMetrics,
  runtimeOf: () => Runtime | undefined,
  onSnapshot?: (exporter: string) => void,
): Pick<RuntimeOptions, 'onRefresh' | 'onSnapshot'> {
  let before: Snapshot | undefined;
  return {
    onRefresh: () => {
      for (const status of runtimeOf()?.sources() ?? []) recordSource(self, status);
    },
    onSnapshot: snapshot => {
      const runtime = runtimeOf();
      if (runtime === undefined) return;
      const problems = runtime.problems().length;
      recordSnapshot(self, runtime.exporter.name, { snapshot, before, problems, ledgerBytes: runtime.ledger.size() });
      before = snapshot;
      onSnapshot?.(runtime.exporter.name);
    },
  };
}

/** The folder of what an exporter keeps beside its ledger; processes that serve different exporters share no spool. */
export const exporterFolder = (config: Config, exporter: string): string => path.join(config.data_dir, exporter);
