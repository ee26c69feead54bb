/** A large FOCUS 1.2 bill, the same at every run: hourly and daily charges of a few thousand resources in 90 days. */
import { stat } from 'node:fs/promises';
import { DuckDBInstance } from '@duckdb/node-api';

export const billDays = 90;
/** The first day; the bench's clock stands at noon of the day after the last. */
export const billStart = '2026-08-03';
export const billNow = new Date(Date.parse(`${billStart}T12:00:00Z`) + billDays * 864e5);

/** Writes the CSV file; returns its bytes. */
export async function writeBill(file: string, rows: number): Promise<number> {
  const instance = await DuckDBInstance.create(':memory:', { memory_limit: '1GB' });
  const connection = await instance.connect();
  const perDay = Math.ceil(rows / billDays);
  try {
    await connection.run(
      `COPY (${billSql}) TO '${file.replaceAll("'", "''")}' (FORMAT csv, HEADER)`
        .replaceAll('$rows', String(rows))
        .replaceAll('$per_day', String(perDay)),
    );
  } finally {
    connection.closeSync();
    instance.closeSync();
  }
  return (await stat(file)).size;
}

const pick = (list: readonly string[], of: string) =>
  `[${list.map(text => `'${text}'`).join(', ')}][1 + ((${of}) % ${list.length})::INTEGER]`;

const services = [
  ['Compute', 'Amazon Elastic Compute Cloud'],
  ['Compute', 'AWS Lambda'],
  ['Storage', 'Amazon Simple Storage Service'],
  ['Storage', 'Amazon Elastic Block Store'],
  ['Databases', 'Amazon Relational Database Service'],
  ['Databases', 'Amazon DynamoDB'],
  ['Networking', 'Amazon Virtual Private Cloud'],
  ['Networking', 'Elastic Load Balancing'],
  ['Containers', 'Amazon Elastic Kubernetes Service'],
  ['Analytics', 'Amazon Athena'],
  ['Management and Governance', 'AmazonCloudWatch'],
  ['Integration', 'Amazon Simple Queue Service'],
] as const;

/**
 * Seven of ten rows are hourly lines, which a day sums up; the others are one line a resource, SKU and day. A resource
 * decides its account, region, service and tags, as in a cloud.
 */
const billSql = `
WITH numbered AS (
  SELECT i, (i // $per_day)::INTEGER AS day_index, i % $per_day AS slot, hash(i) AS h FROM range($rows) AS r(i)
),
placed AS (
  SELECT *, slot < ($per_day * 7) // 10 AS hourly,
    CASE WHEN slot < ($per_day * 7) // 10 THEN slot % 24 ELSE 0 END AS hour,
    -- Hourly ones are instances that live for a week, the others stay.
    CASE WHEN slot < ($per_day * 7) // 10 THEN hash(slot // 24, day_index // 7) % 2500
         ELSE 2500 + hash(slot) % 1500 END::BIGINT AS resource
  FROM numbered
),
owned AS (
  SELECT *, hash(resource, 'app') % 60 AS app, hash(resource, 'service') % ${services.length} AS service,
    hash(slot, 'sku') % 4 AS sku, hash(resource, 'tagged') % 100 AS tagged, hash(slot, 'kind') % 1000 AS kind,
    DATE '${billStart}' + day_index AS charge_day
  FROM placed
),
priced AS (
  SELECT *, round(((h % 900000) + 1) / 70000.0, 10)::DECIMAL(18, 10) AS list,
    CASE WHEN kind < 4 THEN 'Credit' WHEN kind < 6 THEN 'Tax' WHEN kind < 7 THEN 'Purchase' ELSE 'Usage' END AS category,
    format('2{:011d}', hash(app, 'account') % 40) AS account,
    ${pick(['us-east-1', 'eu-central-1', 'eu-west-1', 'ap-southeast-2'], "hash(app, 'region')")} AS region
  FROM owned
)
SELECT
  NULL AS AvailabilityZone,
  (CASE category WHEN 'Credit' THEN -list ELSE list * 0.92 END)::DECIMAL(18, 10) AS BilledCost,
  '999900001111' AS BillingAccountId,
  'Acme Holding' AS BillingAccountName,
  'USD' AS BillingCurrency,
  strftime(date_trunc('month', charge_day) + INTERVAL 1 MONTH, '%Y-%m-%dT%H:%M:%SZ') AS BillingPeriodEnd,
  strftime(date_trunc('month', charge_day), '%Y-%m-%dT%H:%M:%SZ') AS BillingPeriodStart,
  category AS ChargeCategory,
  NULL AS ChargeClass,
  'Charge of ' || ${pick(
    services.map(([, name]) => name),
    'service',
  )} || ' in ' || region AS ChargeDescription,
  CASE WHEN category = 'Usage' THEN 'Usage-Based' ELSE 'One-Time' END AS ChargeFrequency,
  strftime(charge_day + to_hours(CASE WHEN hourly THEN hour + 1 ELSE 24 END), '%Y-%m-%dT%H:%M:%SZ') AS ChargePeriodEnd,
  strftime(charge_day + to_hours(hour), '%Y-%m-%dT%H:%M:%SZ') AS ChargePeriodStart,
  CASE WHEN tagged % 10 = 3 THEN 'Spend' END AS CommitmentDiscountCategory,
  CASE WHEN tagged % 10 = 3 THEN 'arn:aws:savingsplans::999900001111:savingsplan/' || md5('plan') END AS CommitmentDiscountId,
  CASE WHEN tagged % 10 = 3 THEN CASE WHEN kind % 50 = 9 THEN 'Unused' ELSE 'Used' END END AS CommitmentDiscountStatus,
  CASE WHEN hourly THEN 1 ELSE round((h % 5000) / 7.0, 6) END AS ConsumedQuantity,
  CASE WHEN hourly THEN 'Hours' ELSE 'GB-Mo' END AS ConsumedUnit,
  (CASE category WHEN 'Credit' THEN -list ELSE list * 0.95 END)::DECIMAL(18, 10) AS ContractedCost,
  (CASE category WHEN 'Credit' THEN -list WHEN 'Purchase' THEN 0 ELSE list * 0.85 END)::DECIMAL(18, 10) AS EffectiveCost,
  'INV-' || strftime(charge_day, '%Y%m') AS InvoiceId,
  'Amazon Web Services, Inc.' AS InvoiceIssuerName,
  (CASE category WHEN 'Credit' THEN -list ELSE list END)::DECIMAL(18, 10) AS ListCost,
  'Standard' AS PricingCategory,
  CASE WHEN hourly THEN 'Hrs' ELSE 'GB-Mo' END AS PricingUnit,
  'AWS' AS ProviderName,
  'AWS' AS PublisherName,
  region AS RegionId,
  region AS RegionName,
  CASE WHEN category IN ('Usage', 'Purchase') THEN
    'arn:aws:resource:' || region || ':' || account || ':instance/i-' || md5(resource::VARCHAR)[:17] END AS ResourceId,
  NULL AS ResourceName,
  ${pick(
    services.map(([category]) => category),
    'service',
  )} AS ServiceCategory,
  ${pick(
    services.map(([, name]) => name),
    'service',
  )} AS ServiceName,
  upper(md5(concat(service, ':', sku))[:16]) AS SkuId,
  account AS SubAccountId,
  'acme-' || account[-2:] AS SubAccountName,
  CASE WHEN tagged >= 12 AND category IN ('Usage', 'Purchase') THEN
    '{"team":"team-' || (app % 24) || '","app":"app-' || app || '","env":"' ||
    ${pick(['production', 'production', 'staging', 'development'], "hash(resource, 'env')")} ||
    '","cost-center":"' || (4000 + app % 24) || '","managed-by":"terraform, v1","Name":"app-' || app || '-' ||
    (resource % 97) || '"}' END AS Tags
FROM priced`;
