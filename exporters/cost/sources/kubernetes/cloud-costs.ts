/**
 * The answer of `/cloudCost`: what the cloud's bill says by day, provider and billing account, as OpenCost or Kubecost
 * have read it. A second source of the same money: it is held against the bill and never part of it.
 */
import type { Transaction } from '../../../core/ledger.ts';
import { postChanges } from '../../postings.ts';
import type { RejectedRecord } from '../../rejects.ts';
import { isNumber } from './allocations.ts';
import type { Fields } from './client.ts';

export interface CloudCostRow {
  readonly day: string;
  /** As bills name it. */
  readonly provider: string;
  readonly account: string;
  readonly billed: string;
  readonly effective: string;
}

/** FOCUS' ProviderName by the API's. */
const providers: Readonly<Record<string, string>> = { AWS: 'AWS', Azure: 'Microsoft', GCP: 'Google Cloud' };

/** BilledCost is what the invoice has, EffectiveCost what is left amortised after all discounts. */
export function readCloudCosts(costs: readonly { readonly day: string; readonly cost: Fields }[]): {
  readonly rows: readonly CloudCostRow[];
  readonly rejects: readonly RejectedRecord[];
} {
  const rows: CloudCostRow[] = [];
  const rejects: RejectedRecord[] = [];
  for (const { day, cost } of costs) {
    const { provider, invoiceEntityID: account } = (cost.properties ?? {}) as Fields;
    const amount = (field: string) => (cost[field] as Fields | undefined)?.cost;
    const bad = ['invoicedCost', 'amortizedNetCost'].find(field => !isNumber(amount(field)));
    const file = `${day} cloud cost ${String(provider)}/${String(account)}`;
    if (bad !== undefined) rejects.push({ file, reason: 'bad_number', field: bad, value: String(amount(bad)) });
    else
      rows.push({
        day,
        provider: providers[String(provider)] ?? String(provider ?? ''),
        account: String(account ?? ''),
        billed: String(amount('invoicedCost')),
        effective: String(amount('amortizedNetCost')),
      });
  }
  return { rows, rejects };
}

const journal = {
  table: 'second_charges',
  keys: ['source', 'origin', 'provider', 'billing_account', 'billing_period', 'currency'],
  amounts: ['billed', 'effective'],
} as const;

/** All cloud costs of their days take the place of what the source said of them. Returns how many postings were made. */
export async function writeCloudCosts(
  tx: Transaction,
  rows: readonly CloudCostRow[],
  { source, currency, now }: { readonly source: string; readonly currency: string; readonly now: Date },
): Promise<number> {
  await tx.run(
    `CREATE OR REPLACE TEMP TABLE read_cloud_costs AS
     SELECT day::DATE AS charge_day, $source AS source, $source AS origin, provider, account AS billing_account,
       date_trunc('month', day::DATE)::DATE AS billing_period, $currency AS currency,
       billed::DECIMAL(38,10) AS billed, effective::DECIMAL(38,10) AS effective
     FROM (SELECT unnest(from_json($rows, '[{"day":"VARCHAR","provider":"VARCHAR","account":"VARCHAR",
       "billed":"VARCHAR","effective":"VARCHAR"}]'), recursive := true))`,
    { source, currency, rows: JSON.stringify(rows) },
  );
  return postChanges(tx, journal, {
    wanted: 'read_cloud_costs',
    scope: 'source = $source AND charge_day IN (SELECT charge_day FROM read_cloud_costs)',
    parameters: { source },
    now,
  });
}
