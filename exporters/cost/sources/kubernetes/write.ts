/** Writes a cluster's day as OpenCost or Kubecost tell it: postings by what ownership rules read, owners' keys, rejects. */
import type { Transaction } from '../../../core/ledger.ts';
import { sqlTime } from '../../../core/time.ts';
import { postChanges } from '../../postings.ts';
import type { AllocationRow } from './allocations.ts';
import type { AssetRow } from './assets.ts';

export interface DayOf {
  readonly cluster: string;
  readonly currency: string;
  readonly day: string;
  readonly now: Date;
}

const allocations = {
  table: 'kubernetes_allocations',
  keys: ['cluster', 'currency', 'allocation', 'owner_key'],
  amounts: ['cost', 'adjustment', 'requested', 'used'],
} as const;

const assets = {
  table: 'kubernetes_assets',
  keys: ['cluster', 'currency', 'provider', 'asset_type'],
  amounts: ['cost', 'adjustment'],
} as const;

const ofTheDay = 'cluster = $cluster AND charge_day = $day::DATE';

/** All allocations of the day take the place of what was known of it. Returns how many postings were made. */
export async function writeAllocations(
  tx: Transaction,
  rows: readonly AllocationRow[],
  { cluster, currency, day, now }: DayOf,
): Promise<number> {
  await tx.run(
    `CREATE OR REPLACE TEMP TABLE read_allocations AS
     SELECT $day::DATE AS charge_day, $cluster AS cluster, $currency AS currency, allocation, attributes,
       (md5_number(attributes) >> 2)::HUGEINT AS owner_key, total::DECIMAL(38,10) - external::DECIMAL(38,10) AS cost,
       list_reduce(adjustments::DECIMAL(38,10)[], lambda a, b: (a + b)::DECIMAL(38,10)) AS adjustment,
       requested::DECIMAL(38,10) AS requested, used::DECIMAL(38,10) AS used
     FROM (SELECT unnest(from_json($rows, '[{"allocation":"VARCHAR","attributes":"VARCHAR","total":"VARCHAR",
       "external":"VARCHAR","adjustments":["VARCHAR"],"requested":"DOUBLE","used":"DOUBLE"}]'), recursive := true))`,
    { day, cluster, currency, rows: JSON.stringify(rows) },
  );
  await tx.run(
    `INSERT INTO owner_keys
     SELECT owner_key, any_value(attributes)::JSON, $now::TIMESTAMP FROM read_allocations
     WHERE attributes IS NOT NULL AND owner_key NOT IN (SELECT owner_key FROM owner_keys) GROUP BY owner_key`,
    { now: sqlTime(now) },
  );
  const parameters = { cluster, day };
  const posted = await postChanges(tx, allocations, { wanted: 'read_allocations', scope: ofTheDay, parameters, now });
  if (posted > 0) {
    await tx.run('INSERT INTO kubernetes_days VALUES ($day::DATE)', { day });
    tx.touch('owner_keys');
  }
  return posted;
}

/** All assets of the day take the place of what was known of it. */
export async function writeAssets(
  tx: Transaction,
  rows: readonly AssetRow[],
  { cluster, currency, day, now }: DayOf,
): Promise<number> {
  await tx.run(
    `CREATE OR REPLACE TEMP TABLE read_assets AS
     SELECT $day::DATE AS charge_day, $cluster AS cluster, $currency AS currency, provider, type AS asset_type,
       total::DECIMAL(38,10) AS cost, adjustment::DECIMAL(38,10) AS adjustment
     FROM (SELECT unnest(from_json($rows, '[{"type":"VARCHAR","provider":"VARCHAR","total":"VARCHAR",
       "adjustment":"VARCHAR"}]'), recursive := true))`,
    { day, cluster, currency, rows: JSON.stringify(rows) },
  );
  return postChanges(tx, assets, { wanted: 'read_assets', scope: ofTheDay, parameters: { cluster, day }, now });
}
