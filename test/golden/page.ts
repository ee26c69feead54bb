/** The page of the cost exporter for the fixture bill and catalog at a fixed instant: any change of it is a visible diff. */
import path from 'node:path';
import { readCatalog } from '../../exporters/catalog/backstage.ts';
import { ownershipSchema } from '../../exporters/catalog/config.ts';
import { buildOwnership } from '../../exporters/catalog/ownership.ts';
import type { Format } from '../../exporters/core/exposition.ts';
import { costSchema } from '../../exporters/cost/config.ts';
import { costExporter } from '../../exporters/cost/index.ts';
import { exporterPage } from './exporter-page.ts';

const fixtures = path.resolve(import.meta.dirname, '../fixtures');

/** The fixture bill's last day is still running. */
export const goldenNow = new Date('2026-10-31T06:00:00Z');

/** The whole page, self metrics left out; stamped days of the last 3 days only, so that the file can be read. */
export async function goldenPage(format: Format): Promise<string> {
  const catalog = await readCatalog({ files: ['catalog/acme/**/*.yaml'], directory: fixtures });
  const ownership = buildOwnership(
    catalog,
    ownershipSchema.parse({
      rules: [
        { name: 'team tags', tag: { keys: ['team', 'owner'], gives: 'team' } },
        { name: 'service tags', tag: { keys: ['service', 'app'], gives: 'service' } },
        { name: 'environment tags', tag: { keys: ['environment', 'env'], gives: 'environment' } },
        { name: 'shared', charge_category: ['Tax', 'Purchase'], split: 'shared' },
      ],
      splits: [{ name: 'shared', method: 'proportional' }],
    }),
  );
  const config = costSchema.parse({
    focus: [{ path: path.join(fixtures, 'cost/focus-bill.csv'), settle: 0 }],
    // Few enough that both families fold something.
    top_services: 5,
    top_service_names: 3,
    invoices: [
      { provider: 'AWS', billing_account: '100000000001', period: '2026-09', total: '12000', currency: 'USD' },
    ],
    budgets: [
      { name: 'checkout', team: 'checkout', amount: '5000', currency: 'USD' },
      { name: 'everything', amount: '100000', currency: 'USD' },
    ],
  });
  return exporterPage(costExporter(config, ownership, { now: () => goldenNow }), { format, now: goldenNow });
}
