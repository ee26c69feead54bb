/** Plumbline itself, as `serve` runs it, on a configuration in a temporary folder. */
import { mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { TestContext } from 'node:test';
import { pino } from 'pino';
import { stringify } from 'yaml';
import { type Service, type ServiceOptions, startService } from '../../../exporters/cli/serve/service.ts';
import { loadConfig } from '../../../exporters/config.ts';
import type { Runtime } from '../../../exporters/core/runtime.ts';
import { cleanup } from './cleanup.ts';

export const silent = pino({ level: process.env.PLUMBLINE_TEST_LOG ?? 'silent' });

export function temporary(t: TestContext): string {
  const directory = mkdtempSync(path.join(os.tmpdir(), 'plumbline-e2e-'));
  cleanup(t, () => rmSync(directory, { recursive: true, force: true }));
  return directory;
}

/** Writes `plumbline.yaml` into a folder; returns its path. */
export function writeConfig(directory: string, values: object): string {
  const file = path.join(directory, 'plumbline.yaml');
  writeFileSync(file, stringify(values));
  return file;
}

/** Writes a file whose time says that nobody is writing it any more; each call's time is newer than the last one's. */
export function deliver(file: string, text: string): void {
  writeFileSync(file, text);
  settle(file);
}

let deliveries = 0;
export function settle(file: string): void {
  const at = new Date(Date.now() - 3_600_000 + ++deliveries * 1000);
  utimesSync(file, at, at);
}

export type Plumbline = Service & { readonly runtime: Runtime };

/** Serves the first exporter of the configuration, by the machine's clock unless given another; stopped when the test ends. */
export async function startPlumbline(
  t: TestContext,
  configFile: string,
  now = () => new Date(),
  more: Pick<ServiceOptions, 'freshFiles'> = {},
): Promise<Plumbline> {
  const service = await startService(await loadConfig(configFile, { env: {} }), { log: silent, now, ...more });
  let stopped: Promise<void> | undefined;
  const stop = () => {
    stopped ??= service.stop();
    return stopped;
  };
  cleanup(t, stop);
  const [runtime] = service.session.runtimes;
  if (runtime === undefined) throw new Error(`${configFile} configures no exporter`);
  return { ...service, stop, runtime };
}

/** Reads what was delivered anew and brings the page up to date; throws what a refresh met, but for `expected` reasons. */
export async function readAgain(
  { runtime }: Pick<Plumbline, 'runtime'>,
  expected: readonly string[] = [],
): Promise<void> {
  for (const { source, error, rejected } of await runtime.refresh()) {
    if (error !== undefined) throw new Error(`the refresh of ${source} failed: ${error}`);
    if (Object.keys(rejected).some(reason => !expected.includes(reason)))
      throw new Error(`records of ${source} were rejected: ${JSON.stringify(rejected)}`);
  }
  await runtime.takeSnapshot();
  if (runtime.problems().length > 0) throw new Error(runtime.problems().join('; '));
}
