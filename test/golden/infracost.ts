/** The page and the review of the fixture bill with the fixture estimates beside it. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { pino } from 'pino';
import { readCatalog } from '../../exporters/catalog/backstage.ts';
import { ownershipSchema } from '../../exporters/catalog/config.ts';
import { buildOwnership } from '../../exporters/catalog/ownership.ts';
import type { ReviewPart } from '../../exporters/core/exporter.ts';
import type { Format } from '../../exporters/core/exposition.ts';
import { openRuntime, type Runtime } from '../../exporters/core/runtime.ts';
import { costSchema } from '../../exporters/cost/config.ts';
import { costExporter } from '../../exporters/cost/index.ts';
import { fixtureEnd, makeBill } from '../fixtures/cost/make-bill.ts';
import { exporterPage } from './exporter-page.ts';
import { goldenNow } from './page.ts';

const fixtures = path.resolve(import.meta.dirname, '../fixtures');

async function exporterOf(bill: string, now: () => Date) {
  const catalog = await readCatalog({ files: ['catalog/acme/**/*.yaml'], directory: fixtures });
  const ownership = buildOwnership(
    catalog,
    ownershipSchema.parse({
      rules: [
        { name: 'team tags', tag: { keys: ['team', 'owner'], gives: 'team' } },
        { name: 'service tags', tag: { keys: ['service', 'app'], gives: 'service' } },
        { name: 'environment tags', tag: { keys: ['environment', 'env'], gives: 'environment' } },
        { name: 'shared', charge_category: ['Tax', 'Purchase'], split: 'shared' },
        { name: 'checkout', repository: 'acme/checkout', team: 'checkout', service: 'checkout-api' },
      ],
      splits: [{ name: 'shared', method: 'proportional' }],
    }),
  );
  const config = costSchema.parse({
    focus: [{ path: bill, settle: 0 }],
    infracost: [{ path: path.join(fixtures, 'cost/infracost'), settle: 0 }],
    estimates: [
      { repository: 'acme/infrastructure', project: 'search*', service: 'search-api' },
      { repository: 'acme/infrastructure', project: 'payments*', service: 'payments-api', team: 'payments' },
      { repository: 'acme/gone', service: 'gone' },
    ],
    top_services: 6,
    budgets: [
      { name: 'checkout', team: 'checkout', amount: '5000', currency: 'USD' },
      { name: 'everything', amount: '100000', currency: 'USD' },
    ],
  });
  return costExporter(config, ownership, { now });
}

/** The families of estimates and of what moved alone; the others are on the page of the bill. */
export async function goldenInfracostPage(format: Format): Promise<string> {
  const exporter = await exporterOf(path.join(fixtures, 'cost/focus-bill.csv'), () => goldenNow);
  const metrics = exporter.metrics.filter(({ name }) => /^finops_(estimate_|cost_change)/.test(name));
  return exporterPage({ ...exporter, metrics }, { format, now: goldenNow });
}

/** Runs `use` on the ledger of a bill that was read on 1 November and again, restated, on the 4th. */
export async function withReviewed<T>(use: (runtime: Runtime) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'plumbline-review-'));
  try {
    const bill = path.join(folder, 'bill', 'bill.csv');
    mkdirSync(path.dirname(bill));
    let now = new Date('2026-11-01T06:00:00Z');
    const options = { dataDir: path.join(folder, 'data'), log: pino({ level: 'silent' }), now: () => now };
    const runtime = await openRuntime(await exporterOf(bill, () => now), options);
    try {
      writeFileSync(bill, makeBill({ end: fixtureEnd }));
      await refreshed(runtime);
      now = new Date('2026-11-04T06:00:00Z');
      writeFileSync(bill, makeBill({ end: fixtureEnd, variant: 'restated' }));
      await refreshed(runtime);
      return await use(runtime);
    } finally {
      await runtime.stop();
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function refreshed(runtime: Runtime): Promise<void> {
  for (const { error } of await runtime.refresh()) if (error !== undefined) throw new Error(error);
}

/** The review of all teams together, and that of one, one after the other. */
export const goldenReview = (): Promise<string> =>
  withReviewed(async ({ exporter, ledger }) => {
    const parts: readonly ReviewPart[] = (await exporter.review?.(ledger, { month: '2026-10' })) ?? [];
    return parts
      .filter(({ team }) => team === undefined || team === 'search')
      .map(({ text }) => text)
      .join('\n');
  });
