/** Brings the configured unit costs into the ledger, where the metric views read them. */
import type { Transaction } from '../core/ledger.ts';
import type { UnitCost } from './config.ts';
import { replaceConfigured } from './replace.ts';

export async function configureUnits(tx: Transaction, units: readonly UnitCost[]): Promise<void> {
  await replaceConfigured(
    tx,
    'unit_costs',
    `SELECT
       row.name, row.usage, coalesce(row.team, ''), coalesce(row.service, ''), coalesce(row.environment, ''),
       row.per::DECIMAL(38,10), row.days, row.aggregate
     FROM (SELECT unnest(from_json($rows, '[{"name":"VARCHAR","usage":"VARCHAR","team":"VARCHAR","service":"VARCHAR",
       "environment":"VARCHAR","per":"VARCHAR","days":"INTEGER","aggregate":"VARCHAR"}]')) AS row)`,
    { rows: JSON.stringify(units) },
  );
}
