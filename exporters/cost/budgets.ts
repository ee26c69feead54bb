/** Brings the configured budgets, invoice totals and settings into the ledger, where the metric views read them. */
import type { Transaction } from '../core/ledger.ts';
import type { CostConfig } from './config.ts';
import { replaceConfigured } from './replace.ts';

/** Replaces what the ledger has where the configuration differs from it; touches only the tables that changed. */
export async function configureCost(tx: Transaction, config: CostConfig): Promise<void> {
  await replaceConfigured(
    tx,
    'budgets',
    `SELECT
       row.name, coalesce(row.team, ''), coalesce(row.service, ''), coalesce(row.environment, ''),
       coalesce(row.provider, ''), row.amount::DECIMAL(38,10), row.currency, row.cost_basis,
       row."from"::DATE, row."to"::DATE + 1
     FROM (SELECT unnest(from_json($rows, '[{"name":"VARCHAR","team":"VARCHAR","service":"VARCHAR",
       "environment":"VARCHAR","provider":"VARCHAR","amount":"VARCHAR","currency":"VARCHAR","cost_basis":"VARCHAR",
       "from":"VARCHAR","to":"VARCHAR"}]')) AS row)`,
    { rows: JSON.stringify(config.budgets) },
  );
  await replaceConfigured(
    tx,
    'invoices',
    `SELECT
       row.provider, row.billing_account, (row.period || '-01')::DATE, row.total::DECIMAL(38,10), row.currency
     FROM (SELECT unnest(from_json($rows, '[{"provider":"VARCHAR","billing_account":"VARCHAR","period":"VARCHAR",
       "total":"VARCHAR","currency":"VARCHAR"}]')) AS row)`,
    { rows: JSON.stringify(config.invoices) },
  );
  await replaceConfigured(
    tx,
    'reconciled_budgets',
    `SELECT row.source, row.budget, row.provider, row.billing_account
     FROM (SELECT unnest(from_json($rows, '[{"source":"VARCHAR","budget":"VARCHAR","provider":"VARCHAR",
       "billing_account":"VARCHAR"}]')) AS row)`,
    { rows: JSON.stringify(config.reconcile_budgets) },
  );
  await replaceConfigured(
    tx,
    'vendor_budget_teams',
    `SELECT row.source, row.budget, row.team
     FROM (SELECT unnest(from_json($rows, '[{"source":"VARCHAR","budget":"VARCHAR","team":"VARCHAR"}]')) AS row)`,
    { rows: JSON.stringify(config.budget_teams) },
  );
  await replaceConfigured(
    tx,
    'reporting_currencies',
    'SELECT $currency::VARCHAR AS currency_code WHERE $currency::VARCHAR IS NOT NULL',
    { currency: config.exchange_rates?.reporting_currency ?? null },
  );
  await replaceConfigured(
    tx,
    'cost_settings',
    `SELECT unnest(['top_services', 'top_environments', 'top_service_names', 'top_cube_keys', 'estimated_days',
         'estimate_pull_requests', 'untagged_percent']),
       unnest([$services::BIGINT, $environments::BIGINT, $names::BIGINT, $keys::BIGINT, $estimated::BIGINT,
         $pullRequests::BIGINT, $untagged::BIGINT])`,
    {
      services: config.top_services,
      environments: config.top_environments,
      names: config.top_service_names,
      keys: config.top_cube_keys,
      estimated: config.estimated_days,
      pullRequests: config.estimate_pull_requests,
      untagged: config.untagged_percent,
    },
  );
}
