/**
 * The demo platform: a company that does not exist, with a year of bills, so that every panel has data on the first
 * minute. Seeded: the same days have the same rows always. It has a ledger of its own and is marked as demo everywhere.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { demoBill } from './bill.ts';
import { demoCatalog } from './catalog.ts';
import { demoConfiguration } from './configuration.ts';
import { accounts } from './world.ts';

export interface DemoOptions {
  /** The demo's own directory; created where missing. */
  readonly dir: string;
  /** The instant at which the bills are looked at; the last day they hold is the day before. */
  readonly now: Date;
}

const dayMs = 86_400_000;
const monthsBack = 12;

/** Writes catalog, configuration and bills as they were delivered on the morning of `now`. */
export function writeDemo({ dir, now }: DemoOptions): { readonly configFile: string } {
  mkdirSync(path.join(dir, 'bills'), { recursive: true });
  writeFileSync(path.join(dir, 'catalog-info.yaml'), demoCatalog());
  const configFile = path.join(dir, 'plumbline.yaml');
  writeFileSync(configFile, demoConfiguration());
  const until = new Date(Math.floor(now.getTime() / dayMs) * dayMs);
  for (let back = monthsBack; back >= 0; back--) {
    const month = new Date(Date.UTC(until.getUTCFullYear(), until.getUTCMonth() - back, 1));
    if (month >= until) continue;
    // Invoices are out on the fifth of the next month.
    const invoiced = new Date(Date.UTC(month.getUTCFullYear(), month.getUTCMonth() + 1, 5)) <= until;
    for (const provider of Object.keys(accounts) as (keyof typeof accounts)[]) {
      const name = `${provider.toLowerCase().replace(' ', '-')}-${month.toISOString().slice(0, 7)}.csv`;
      writeFileSync(path.join(dir, 'bills', name), demoBill(provider, { month, until, invoiced }));
    }
  }
  return { configFile };
}
