/** The configured exporters with their ledgers open, for the length of a command or of a server. */
import path from 'node:path';
import type { Logger } from 'pino';
import type { Config } from '../config.ts';
import type { Exporter } from '../core/exporter.ts';
import { openRuntime, type Runtime, type RuntimeOptions } from '../core/runtime.ts';
import { buildExporters } from '../registry.ts';

export interface Session {
  readonly config: Config;
  readonly runtimes: readonly Runtime[];
  readonly now: () => Date;
  readonly close: () => Promise<void>;
}

export interface SessionOptions extends Pick<RuntimeOptions, 'progress' | 'now'> {
  /** What an exporter's runtime tells after refreshes and snapshots; by the exporter's name. */
  readonly hooks?: (exporter: string) => Pick<RuntimeOptions, 'onRefresh' | 'onSnapshot'>;
  readonly log: Logger;
  /** Exporters by name; all that are configured unless given. */
  readonly only?: readonly string[];
  readonly reassignFrom?: string;
}

/** Who writes the stamped daily samples: as configured, else remote write where there is a target, else the page. */
export const dailyWriterOf = (config: Config): 'remote_write' | 'page' | 'none' =>
  config.daily_writer ?? (config.remote_write.length > 0 ? 'remote_write' : 'page');

/** Opens every ledger; closes those that are open again when one can't be. Errors: those of openRuntime. */
export async function openSession(config: Config, options: SessionOptions): Promise<Session> {
  return openExporters(config, await buildExporters(config, options.only, options), options);
}

export async function openExporters(
  config: Config,
  exporters: readonly Exporter[],
  { only: _, reassignFrom: __, hooks, ...options }: SessionOptions,
): Promise<Session> {
  const runtimes: Runtime[] = [];
  const close = async () => {
    for (const runtime of runtimes) await runtime.stop();
  };
  try {
    for (const exporter of exporters)
      runtimes.push(
        await openRuntime(exporter, {
          ...options,
          ...hooks?.(exporter.name),
          dataDir: config.data_dir,
          seriesLimit: config.series_limit,
          pageDays: dailyWriterOf(config) === 'page' ? config.page_days : 0,
        }),
      );
  } catch (error) {
    await close();
    throw error;
  }
  return { config, runtimes, now: options.now ?? (() => new Date()), close };
}

/** The folder of what an exporter keeps beside its ledger; processes that serve different exporters share no spool. */
export const exporterFolder = (config: Config, exporter: string): string => path.join(config.data_dir, exporter);
