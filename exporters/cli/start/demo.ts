/** The demo platform: made-up files in a folder of its own, made anew when a day ends. */
import path from 'node:path';
import type { Logger } from 'pino';
import type { Environment } from '../../config/environment.ts';
import { type Config, loadConfig } from '../../config.ts';
import { describeError } from '../../core/errors.ts';
import {
  type DemoVendors,
  keepAgentsPosting,
  keepPortalPosting,
  prepareDemo,
  storyIn,
  writeDemo,
} from '../../demo/index.ts';

const lookMs = 10 * 60_000;

/** `.plumbline/demo` of the folder one is in, or below PLUMBLINE_DATA_DIR. */
export const demoFolder = (env: Environment): string => path.resolve(env.PLUMBLINE_DATA_DIR ?? '.plumbline', 'demo');

/** The demo never writes to a server that is not started with it, so a target set from outside counts in our container only. */
export async function loadDemo(
  env: Environment,
  { now, vendors, log }: { readonly now: Date; readonly vendors: DemoVendors; readonly log: Logger },
): Promise<Config> {
  const { configFile } = await prepareDemo({ dir: demoFolder(env), now, vendors, log });
  const { PLUMBLINE_DATA_DIR: _, PLUMBLINE_REMOTE_WRITE_URL: url, PLUMBLINE_OTLP_ENDPOINT: endpoint, ...rest } = env;
  const inContainer = env.PLUMBLINE_STACK === 'none';
  const targets = { PLUMBLINE_REMOTE_WRITE_URL: url, PLUMBLINE_OTLP_ENDPOINT: endpoint };
  return loadConfig(configFile, { env: { ...rest, ...(inContainer ? targets : {}) } });
}

/** Writes the bills of each new day; returns what ends that. */
export function keepDemoCurrent(
  env: Environment,
  {
    vendors,
    log,
    now = () => new Date(),
  }: { readonly vendors: DemoVendors; readonly log: Logger; readonly now?: () => Date },
): () => void {
  const dayOf = (date: Date) => date.toISOString().slice(0, 10);
  let written = dayOf(now());
  const timer = setInterval(() => {
    if (dayOf(now()) === written) return;
    try {
      writeDemo({ dir: demoFolder(env), now: now(), vendors });
      written = dayOf(now());
    } catch (error) {
      log.error({ reason: describeError(error) }, "could not write the demo's bills");
    }
  }, lookMs);
  return () => clearInterval(timer);
}

/** Lets the demo's agents and its portal post to a server; returns what ends that. */
export function keepDemoPosting(
  env: Environment,
  server: { readonly url: string; readonly token: string },
): () => void {
  const story = storyIn(demoFolder(env));
  const stops = [keepAgentsPosting(server), ...(story === undefined ? [] : [keepPortalPosting(server, story)])];
  return () => {
    for (const stop of stops) stop();
  };
}
