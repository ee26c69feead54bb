/**
 * The demo platform: a company that does not exist, with a year of bills, so that every panel has data on the first
 * minute. Seeded: the same days have the same rows always. It has a ledger of its own and is marked as demo everywhere.
 */
import { existsSync, mkdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Logger } from 'pino';
import { type Config, loadConfig } from '../config.ts';
import { openRuntime, type Runtime } from '../core/runtime.ts';
import { buildExporters } from '../registry.ts';
import { azureExport } from './azure-export.ts';
import { demoBill } from './bill.ts';
import { demoCatalog } from './catalog.ts';
import { dayMs } from './chance.ts';
import { demoConfiguration, edition } from './configuration.ts';
import { eventFiles } from './events.ts';
import { experienceFiles, liveExperience } from './experience/index.ts';
import { infracostFiles } from './infracost.ts';
import { runAgents } from './policy/agents.ts';
import { policyFiles } from './policy/index.ts';
import { monthOf } from './policy/story.ts';
import { ratesCsv } from './rates.ts';
import { keyFiles, supplyChainFiles } from './supply-chain/index.ts';
import { customersCsv, requestsCsv } from './usage.ts';
import type { DemoVendors } from './vendors/index.ts';

export { keepPortalPosting } from './experience/index.ts';
export { keepAgentsPosting } from './policy/agents.ts';
export { type DemoVendors, startVendors } from './vendors/index.ts';

export interface DemoOptions {
  /** The demo's own directory; created where missing. */
  readonly dir: string;
  /** The instant at which the bills are looked at; the last day they hold is the day before. */
  readonly now: Date;
  /** Where the vendors' APIs answer; see startVendors. */
  readonly vendors: Pick<DemoVendors, 'url'>;
  /** The day that the story of policies is told around; unless given, the one of the demo that is there, else this month's. */
  readonly story?: Date;
}

const monthsBack = 12;
const billsOut = 5;
/** The examples of SLOs whose metrics the demo has. */
const examples = path.resolve(import.meta.dirname, '../../alerts/slo/examples');
const promises = ['platform.yaml', 'slow.yaml'];
/** Days ago on which the demo's bills were read before; what they changed since is restated. */
const earlierReadings = [8, 4, 1];
/** What Azure tells: first what was kept of it. */
const earlierSources = ['azure-policy-files', 'azure-policy-api'];
const eveningMs = 600_000;
/** A story is at its end after half a year; what follows is another demo. */
const mostStoryDays = 180;

/**
 * Writes the demo platform and, where it has no ledger yet, lets it live through some earlier mornings, so that it
 * knows restated days. Nothing outside `dir` is touched.
 */
export async function prepareDemo({
  dir,
  now,
  vendors,
  log,
}: DemoOptions & { readonly vendors: DemoVendors; readonly log: Logger }): Promise<{ readonly configFile: string }> {
  discardOtherEdition(dir, now);
  const story = storyIn(dir) ?? monthOf(now);
  vendors.tellAround(story);
  const isNew = !existsSync(path.join(dir, 'data', 'cost.duckdb'));
  for (const ago of isNew ? earlierReadings : []) {
    const morning = new Date(now.getTime() - ago * dayMs);
    const { configFile } = writeDemo({ dir, now: morning, vendors, story });
    vendors.tellAsOf(morning);
    // A data folder set from outside is not the demo's.
    const config = await loadConfig(configFile, { env: {} });
    // Bills are restated, and Azure tells of policies as they are; of all else nothing has changed since.
    await live(config, { now: morning, log }, { cost: undefined });
    // What holds for an hour alone is to be seen in the past as well, which has a sample at each midnight.
    const evening = new Date(Math.floor(morning.getTime() / dayMs) * dayMs - eveningMs);
    await live(config, { now: evening, log }, { policy: earlierSources });
  }
  vendors.tellAsOf();
  const written = writeDemo({ dir, now, vendors, story });
  const config = await loadConfig(written.configFile, { env: {} });
  // Read once more, so that nothing is a day old when the demo starts.
  if (isNew) await live(config, { now, log }, { policy: earlierSources });
  await liveExperience(config, { now, from: monthsBefore(midnightOf(now), monthsBack), story, vendors, log, isNew });
  return written;
}

/** Lets exporters read the sources that are wanted on a morning, all where none is named; policies are posted to as well. */
async function live(
  config: Config,
  { now, log }: { readonly now: Date; readonly log: Logger },
  wanted: Readonly<Record<string, readonly string[] | undefined>>,
): Promise<void> {
  for (const exporter of (await buildExporters(config)).filter(({ name }) => name in wanted)) {
    const runtime = await openRuntime(exporter, { dataDir: config.data_dir, log, now: () => now });
    try {
      const sources = wanted[exporter.name];
      if (sources === undefined) await runtime.refresh();
      for (const source of sources ?? []) await runtime.refresh(source);
      if (exporter.name === 'policy') await post(runtime, now);
    } finally {
      await runtime.stop();
    }
  }
}

/** What Open Policy Agents upload within a few minutes. */
async function post(runtime: Runtime, now: Date): Promise<void> {
  const { beat } = runAgents(now);
  for (let nth = 0; nth < 6; nth++) {
    for (const { rest, body } of beat(now))
      await runtime.accept('opa', {
        ...{ body, rest, headers: { 'content-encoding': 'gzip' } },
        principal: { name: 'opa', role: 'admin' },
      });
    await runtime.drain();
  }
}

/** A ledger of a demo that had other bills would count their money beside ours. */
function discardOtherEdition(dir: string, now: Date): void {
  const configFile = path.join(dir, 'plumbline.yaml');
  if (!existsSync(configFile)) return;
  const story = storyIn(dir);
  if (story !== undefined && story <= now && now.getTime() - story.getTime() < mostStoryDays * dayMs) return;
  for (const name of ['plumbline.yaml', 'data', 'bills', 'delivery', 'policy', 'supply-chain', 'experience'])
    rmSync(path.join(dir, name), { recursive: true, force: true });
}

/** The day that the stories in this folder are told around; undefined where there is none, or another edition. */
export function storyIn(dir: string): Date | undefined {
  const configFile = path.join(dir, 'plumbline.yaml');
  if (!existsSync(configFile)) return undefined;
  const text = readFileSync(configFile, 'utf8');
  const day = text.startsWith(edition)
    ? /\d{4}-\d\d-\d\d/.exec(text.slice(edition.length).split('\n')[0]!)?.[0]
    : undefined;
  return day === undefined ? undefined : new Date(day);
}

/** Writes catalog, configuration, bills, counts and reports as they were delivered on the morning of `now`. */
export function writeDemo({ dir, now, vendors, story = storyIn(dir) ?? monthOf(now) }: DemoOptions): {
  readonly configFile: string;
} {
  const until = midnightOf(now);
  const monthBack = (months: number) => monthsBefore(until, months);
  // Delivered an hour ago: a file that is as new as now would be taken for one that is still being written.
  const lately = new Date(now.getTime() - 3_600_000);
  const write = (name: string, text: string, delivered = lately) => {
    const file = path.join(dir, name);
    mkdirSync(path.dirname(file), { recursive: true });
    if (existsSync(file) && readFileSync(file, 'utf8') === text) return;
    writeFileSync(file, text);
    utimesSync(file, delivered, delivered);
  };
  write('catalog-info.yaml', demoCatalog());
  const configFile = path.join(dir, 'plumbline.yaml');
  const month = monthBack(until.getUTCDate() > billsOut ? 1 : 2);
  write('plumbline.yaml', demoConfiguration({ month, vendors: vendors.url, story, today: until }));
  for (const name of promises) write(path.join('slos', name), readFileSync(path.join(examples, name), 'utf8'));
  const span = { from: monthBack(monthsBack), until };
  write('usage/requests.csv', requestsCsv(span));
  write('usage/customers.csv', customersCsv(span));
  write('exchange-rates.csv', ratesCsv(span));
  for (const [name, text] of Object.entries(eventFiles(span))) write(path.join('delivery', name), text);
  for (const [name, { text, at }] of policyFiles(span, story))
    write(path.join('policy', name), text, at < lately ? at : lately);
  for (const [name, text] of Object.entries(keyFiles)) write(path.join('keys', name), text);
  for (const [name, { text, at }] of supplyChainFiles(span, story))
    write(path.join('supply-chain', name), text, at < lately ? at : lately);
  for (const [name, text] of experienceFiles(span, story)) write(path.join('experience', name), text);
  for (const [name, text] of Object.entries(infracostFiles(until))) write(path.join('infracost', name), text);
  for (let back = monthsBack; back >= 0; back--) {
    const month = monthBack(back);
    if (month >= until) continue;
    const invoiced = until.getTime() >= monthBack(back - 1).getTime() + billsOut * dayMs;
    for (const [name, text] of Object.entries(azureExport({ month, until, invoiced })))
      write(path.join('azure-exports', name), text);
    for (const provider of ['AWS', 'Google Cloud'] as const) {
      const name = `${provider.toLowerCase().replace(' ', '-')}-${month.toISOString().slice(0, 7)}.csv`;
      write(path.join('bills', name), demoBill(provider, { month, until, invoiced }));
    }
  }
  return { configFile };
}

const midnightOf = (now: Date) => new Date(Math.floor(now.getTime() / dayMs) * dayMs);
const monthsBefore = (day: Date, months: number) =>
  new Date(Date.UTC(day.getUTCFullYear(), day.getUTCMonth() - months, 1));
