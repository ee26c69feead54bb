/**
 * The families that CloudHealth, exchange rates and what is held against the bill are behind, for a made-up account that
 * a local CloudHealth tells of: once as the bill, once as a second source without one of its services.
 */
import path from 'node:path';
import { buildCatalog } from '../../exporters/catalog/catalog.ts';
import { ownershipSchema } from '../../exporters/catalog/config.ts';
import { buildOwnership } from '../../exporters/catalog/ownership.ts';
import { costSchema } from '../../exporters/cost/config.ts';
import { costExporter } from '../../exporters/cost/index.ts';
import { key, spending, startCloudHealth } from '../cost/vendors/cloudhealth.ts';
import { exporterPage } from './exporter-page.ts';

const now = new Date('2026-11-10T12:00:00Z');
const told =
  /^finops_(cost_daily|month_to_date_cost|previous_month_cost|reporting_|exchange_rate|unconverted_cost|reconciliation_gap|allocation_residual)/;

export async function goldenCloudHealthPage(): Promise<string> {
  const endings: (() => Promise<void>)[] = [];
  const server = (spent: ReturnType<typeof spending>) =>
    startCloudHealth(
      { after: end => void endings.push(end) },
      { spent, today: '2026-11-10', perspectives: { '12': 'Teams' } },
    );
  try {
    const bill = await server(spending());
    const second = await server(spending().filter(({ service }) => service !== 'NAT Gateway'));
    const ownership = buildOwnership(
      buildCatalog([]),
      ownershipSchema.parse({ rules: [{ name: 'perspective', tag: { keys: ['cloudhealth:Teams'], gives: 'team' } }] }),
    );
    const source = { api_key: key, billing_account: 'payer', perspective: 'Teams' };
    const config = costSchema.parse({
      cloudhealth: [
        { ...source, url: bill.url },
        { ...source, url: second.url, name: 'second', role: 'reconciliation' },
      ],
      invoices: [{ provider: 'AWS', billing_account: 'payer', period: '2026-10', total: '402.82', currency: 'USD' }],
      exchange_rates: {
        reporting_currency: 'EUR',
        file: path.resolve(import.meta.dirname, '../fixtures/cost/exchange-rates.csv'),
        settle: 0,
      },
    });
    const page = await exporterPage(costExporter(config, ownership, { now: () => now }), { format: 'text', now });
    return page
      .split(/^(?=# HELP )/m)
      .filter(family => told.test(family.split(' ')[2] ?? ''))
      .join('');
  } finally {
    for (const end of endings) await end();
  }
}
