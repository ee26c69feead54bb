/**
 * The demo platform: a company that does not exist, with a year of bills, so that every panel has data on the first
 * minute. Seeded: the same days have the same rows always. It has a ledger of its own and is marked as demo everywhere.
 */
import { existsSync, mkdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Logger } from 'pino';
import { loadConfig } from '../config.ts';
import { openRuntime } from '../core/runtime.ts';
import { buildExporters } from '../registry.ts';
import { azureExport } from './azure-export.ts';
import { demoBill } from './bill.ts';
import { demoCatalog } from './catalog.ts';
import { dayMs } from './chance.ts';
import { demoConfiguration, edition } from './configuration.ts';
import { eventFiles } from './events.ts';
import { infracostFiles } from './infracost.ts';
import { ratesCsv } from './rates.ts';
import { customersCsv, requestsCsv } from './usage.ts';
import type { DemoVendors } from './vendors/index.ts';

export { type DemoVendors, startVendors } from './vendors/index.ts';

export interface DemoOptions {
  /** The demo's own directory; created where missing. */
  readonly dir: string;
  /** The instant at which the bills are looked at; the last day they hold is the day before. */
  readonly now: Date;
  /** Where the vendors' APIs answer; see startVendors. */
  readonly vendors: Pick<DemoVendors, 'url'>;
}

const monthsBack = 12;
const billsOut = 5;
/** Days ago on which the demo's bills were read before; what they changed since is restated. */
const earlierReadings = [8, 4, 1];

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
  discardOtherEdition(dir);
  const isNew = !existsSync(path.join(dir, 'data', 'cost.duckdb'));
  for (const ago of isNew ? earlierReadings : []) {
    const morning = new Date(now.getTime() - ago * dayMs);
    const { configFile } = writeDemo({ dir, now: morning, vendors });
    vendors.tellAsOf(morning);
    // A data folder set from outside is not the demo's.
    const config = await loadConfig(configFile, { env: {} });
    // Bills are restated; of what was delivered nothing has changed since.
    for (const exporter of (await buildExporters(config)).filter(({ name }) => name === 'cost')) {
      const runtime = await openRuntime(exporter, { dataDir: config.data_dir, log, now: () => morning });
      await runtime.refresh();
      await runtime.stop();
    }
  }
  vendors.tellAsOf();
  return writeDemo({ dir, now, vendors });
}

/** A ledger of a demo that had other bills would count their money beside ours. */
function discardOtherEdition(dir: string): void {
  const configFile = path.join(dir, 'plumbline.yaml');
  if (!existsSync(configFile) || readFileSync(configFile, 'utf8').startsWith(edition)) return;
  for (const name of ['data', 'bills', 'delivery']) rmSync(path.join(dir, name), { recursive: true, force: true });
}

/** Writes catalog, configuration, bills and counts as they were delivered on the morning of `now`. */
export function writeDemo({ dir, now, vendors }: DemoOptions): { readonly configFile: string } {
  const until = new Date(Math.floor(now.getTime() / dayMs) * dayMs);
  const monthBack = (months: number) => new Date(Date.UTC(until.getUTCFullYear(), until.getUTCMonth() - months, 1));
  const write = (name: string, text: string) => {
    const file = path.join(dir, name);
    mkdirSync(path.dirname(file), { recursive: true });
    if (existsSync(file) && readFileSync(file, 'utf8') === text) return;
    writeFileSync(file, text);
    // Delivered an hour ago: a file that is as new as now would be taken for one that is still being written.
    const delivered = new Date(now.getTime() - 3_600_000);
    utimesSync(file, delivered, delivered);
  };
  write('catalog-info.yaml', demoCatalog());
  const configFile = path.join(dir, 'plumbline.yaml');
  const month = monthBack(until.getUTCDate() > billsOut ? 1 : 2);
  write('plumbline.yaml', demoConfiguration({ month, vendors: vendors.url }));
  const span = { from: monthBack(monthsBack), until };
  write('usage/requests.csv', requestsCsv(span));
  write('usage/customers.csv', customersCsv(span));
  write('exchange-rates.csv', ratesCsv(span));
  for (const [name, text] of Object.entries(eventFiles(span))) write(path.join('delivery', name), text);
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
