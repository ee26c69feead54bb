/** The pages of the cost exporter whose only source is Azure's APIs, or Azure's exports, for a made-up subscription. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { buildCatalog } from '../../exporters/catalog/catalog.ts';
import { ownershipSchema } from '../../exporters/catalog/config.ts';
import { buildOwnership } from '../../exporters/catalog/ownership.ts';
import { costSchema } from '../../exporters/cost/config.ts';
import { costExporter } from '../../exporters/cost/index.ts';
import { startAzure, subscription } from '../cost/vendors/azure.ts';
import { azureBill } from '../cost/vendors/azure-bill.ts';
import { azureExport } from '../cost/vendors/azure-export.ts';
import { exporterPage } from './exporter-page.ts';

const now = new Date('2026-11-10T12:00:00Z');
const bill = azureBill('2026-10-01', '2026-11-10');

const ownership = buildOwnership(
  buildCatalog([]),
  ownershipSchema.parse({
    rules: [
      { name: 'team tags', tag: { keys: ['team'], gives: 'team' } },
      { name: 'shop', resource: '*/resourceGroups/rg-shop*', team: 'shop' },
      { name: 'shared', charge_category: ['Tax', 'Purchase'], split: 'shared' },
    ],
    splits: [{ name: 'shared', method: 'proportional' }],
  }),
);

const budget = {
  id: `/subscriptions/${subscription}/resourceGroups/rg-shop/providers/Microsoft.Consumption/budgets/monthly`,
  name: 'monthly',
  properties: {
    category: 'Cost',
    amount: 2500.5,
    timeGrain: 'Monthly',
    timePeriod: { startDate: '2026-01-01T00:00:00Z', endDate: '2027-12-31T00:00:00Z' },
    filter: {},
    currentSpend: { amount: 812.25, unit: 'EUR' },
    forecastSpend: { amount: 2400, unit: 'EUR' },
    notifications: { Actual_GreaterThan_80_Percent: { enabled: true, threshold: 80 }, thresholdType: 'Actual' },
  },
};

/** Query, Forecast and Budgets of a subscription. */
export async function goldenAzureCostPage(): Promise<string> {
  const ends: (() => Promise<void>)[] = [];
  const azure = await startAzure(
    { after: end => void ends.push(end) },
    {
      rows: bill,
      pageSize: 50,
      budgets: [JSON.stringify(budget)],
      forecast: [
        { day: '2026-11-09', cost: '3412.125', status: 'Actual', currency: 'EUR' },
        { day: '2026-11-30', cost: '6100.5', status: 'Forecast', currency: 'EUR' },
      ],
    },
  );
  try {
    const config = costSchema.parse({
      azure_cost: [{ scope: `/subscriptions/${subscription}`, history_months: 1, credentials: azure.credentials }],
    });
    return await exporterPage(costExporter(config, ownership, { now: () => now }), { format: 'text', now });
  } finally {
    for (const end of ends) await end();
  }
}

/** An actual export, run by run, and an amortized one beside it that reconciles. */
export async function goldenAzureExportsPage(): Promise<string> {
  const root = mkdtempSync(path.join(os.tmpdir(), 'plumbline-golden-exports-'));
  try {
    for (const cost of ['ActualCost', 'AmortizedCost'] as const)
      for (const [name, text] of Object.entries(azureExport(bill, cost))) {
        const file = path.join(root, name);
        mkdirSync(path.dirname(file), { recursive: true });
        writeFileSync(file, text);
      }
    const config = costSchema.parse({
      azure_exports: [
        { path: root, cost: 'actual', settle: 0 },
        { path: root, cost: 'amortized', settle: 0, name: 'azure-amortized', role: 'reconciliation' },
      ],
      invoices: [
        { provider: 'Microsoft', billing_account: '12345678', period: '2026-10', total: '8600', currency: 'EUR' },
      ],
    });
    return await exporterPage(costExporter(config, ownership, { now: () => now }), { format: 'text', now });
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
}
