/** Worker: a ledger with 1,000,000 facts, and how long each family takes. */
import path from 'node:path';
import type { Exporter } from '../../exporters/core/exporter.ts';
import { sqlMacros } from '../../exporters/core/exposition.ts';
import { type Ledger, openLedger, type Reader, type Transaction } from '../../exporters/core/ledger.ts';
import type { Metric } from '../../exporters/core/metric.ts';
import { publish } from '../../exporters/core/publish.ts';
import { renderMetric } from '../../exporters/core/render.ts';
import { withView } from '../../exporters/core/views.ts';
import { configureCost } from '../../exporters/cost/budgets.ts';
import { costSchema } from '../../exporters/cost/config.ts';
import { costFacts } from '../../exporters/cost/index.ts';
import { costMetrics } from '../../exporters/cost/metrics.ts';
import { toyExporter } from '../core/toy.ts';
import { median } from './report.ts';
import { dora, fillDora } from './views-dora.ts';
import { fillPolicy, policy } from './views-policy.ts';
import { fillSupplyChain, supplyChain } from './views-supply-chain.ts';
import { answer, cpuMs, inputOf } from './worker.ts';

export interface ViewInput {
  readonly exporter: 'cost' | 'dora' | 'policy' | 'supply-chain' | 'toy';
  readonly dataDir: string;
}

export interface ViewTiming {
  readonly metric: string;
  /** One instant evaluated and rendered, median of a few. */
  readonly liveMs: number;
  /** Processor time of the same, which a busy machine changes little. */
  readonly liveCpuMs: number;
  readonly series: number;
  readonly gridMs?: number;
  readonly gridRows?: number;
  /** Of daily families: all days evaluated, compared with those published, and published; then again, with nothing new. */
  readonly publishMs?: number;
  readonly published?: number;
  readonly publishAgainMs?: number;
}

const facts = 1_000_000;
const gridDays = 396;
const now = new Date('2026-11-02T12:00:00Z');
const firstDay = '2025-10-03';
const rounds = 3;

const room = (file: string) => new URL(`../../exporters/${file}`, import.meta.url);
const cost: Pick<Exporter, 'tables' | 'metrics' | 'facts'> = {
  tables: [room('catalog/tables.sql'), room('cost/tables.sql')],
  metrics: costMetrics,
  facts: costFacts,
};

/** 4,000 keys of 300 services of 41 teams, a dozen products each; each day 2,525 postings, learned one to three days later. One charge is one part. */
async function fillCost(tx: Transaction): Promise<void> {
  await configureCost(
    tx,
    costSchema.parse({
      budgets: Array.from({ length: 40 }, (_, index) => ({
        ...{ name: `budget-${index}`, team: `team-${index}`, amount: '100000', currency: 'USD' },
      })),
      invoices: Array.from({ length: 30 }, (_, index) => ({
        ...{ provider: ['AWS', 'Microsoft', 'Google Cloud'][index % 3], billing_account: `account-${index}` },
        ...{ period: '2026-10', total: '50000', currency: 'USD' },
      })),
    }),
  );
  await tx.run(`
    CREATE TEMP TABLE keys AS
    SELECT k, (md5_number(k::VARCHAR) >> 2)::HUGEINT AS key_id, k % 300 AS app, k % 300 % 41 AS team,
      (k % 300 % 41 * 7 + k % 300 // 41 + k // 900) % 60 AS product
    FROM range(4000) AS r(k);
    INSERT INTO charge_keys BY NAME
    SELECT key_id, ['AWS', 'Microsoft', 'Google Cloud'][1 + product % 3] AS provider,
      'account-' || app % 30 AS billing_account, 'sub-' || app AS sub_account, 'region-' || k % 8 AS region,
      'category-' || product % 12 AS service_category, 'product-' || product AS service_name, 'sku-' || k % 500 AS sku,
      CASE WHEN k % 50 = 0 THEN 'Tax' ELSE 'Usage' END AS charge_category, '' AS charge_class,
      CASE WHEN k % 40 = 1 THEN 'Unused' WHEN k % 4 = 1 THEN 'Used' ELSE '' END AS commitment_status,
      CASE WHEN k % 4 = 1 THEN 'commitment-' || k % 200 ELSE '' END AS commitment_id, 'USD' AS currency, 'Hours' AS unit,
      ['tagged', 'tagged', 'untagged', 'untaggable'][1 + k % 4] AS tagging, '{}' AS tags, '' AS resource_id,
      key_id AS owner_key
    FROM keys;
    INSERT INTO charges BY NAME
    SELECT 'file' AS origin, charge_day, date_trunc('month', charge_day)::DATE AS billing_period, key_id,
      amount AS billed, amount AS effective, amount AS list, amount AS contracted, 1 AS quantity,
      (charge_day + 1)::TIMESTAMP AS occurred_at, charge_day + 1 + to_hours(6 + (i % 3)::INTEGER * 24) AS learned_at
    FROM (
      SELECT i, DATE '${firstDay}' + (i * ${gridDays} // ${facts})::INTEGER AS charge_day,
        (hash(i) % 4000)::BIGINT AS k, ((hash(i, 'amount') % 10000000) / 1000)::DECIMAL(38, 10) AS amount
      FROM range(${facts}) AS r(i))
    JOIN keys USING (k)
    ORDER BY i;
    INSERT INTO allocations BY NAME
    SELECT charge_day, billing_period, CASE WHEN team = 40 THEN 'unowned' ELSE 'team-' || team END AS team,
      'service-' || app AS service, ['production', 'staging', 'development'][1 + k // 300 % 3] AS environment,
      provider, service_category, service_name,
      CASE WHEN commitment_status = 'Unused' THEN 'UnusedCommitment' ELSE charge_category END AS charge_category,
      currency, tagging, billed, effective, list, contracted, occurred_at, learned_at
    FROM charges JOIN charge_keys USING (key_id) JOIN keys USING (key_id);
    DROP TABLE keys;
    INSERT INTO restatements BY NAME
    SELECT provider, 'USD' AS currency, 'up' AS direction, charge_day, billed, effective, list, contracted,
      learned_at AS occurred_at, learned_at
    FROM allocations USING SAMPLE 1%;
    INSERT INTO billing_periods
    SELECT provider, billing_account, billing_period, CASE WHEN billing_period < DATE '2026-10-01' THEN 'Closed' ELSE 'Open' END,
      1, billing_period + INTERVAL 35 DAY
    FROM charges JOIN charge_keys USING (key_id) GROUP BY ALL;
    INSERT INTO unit_costs VALUES ('request', 'requests', '', '', '', 1000, 30, 'sum'), ('team-1', 'requests', 'team-1', '', '', 1, 7, 'sum');
    INSERT INTO usage_quantities BY NAME
    SELECT 'requests' AS usage, charge_day, team, service, environment, sum(effective) AS quantity, occurred_at, learned_at
    FROM allocations GROUP BY ALL;
    INSERT INTO kubernetes_clusters SELECT 'cluster-' || i, 'shared', '' FROM range(20) AS r(i);
    INSERT INTO splits SELECT cluster, DATE '0001-01-01', DATE '9999-12-31', 'usage', '', NULL, cluster, 7 FROM kubernetes_clusters;
    INSERT INTO kubernetes_costs BY NAME
    SELECT 'cluster-' || hash(team, service) % 20 AS cluster, charge_day, currency,
      ['workload', 'workload', 'idle'][1 + (hash(service) % 3)::INTEGER] AS allocation, team, service, environment,
      sum(effective) AS cost, 0 AS adjustment, sum(effective) AS requested, sum(effective) AS used, occurred_at, learned_at
    FROM allocations GROUP BY ALL;
    INSERT INTO kubernetes_assets BY NAME
    SELECT cluster, charge_day, currency, 'AWS' AS provider, 'Node' AS asset_type, sum(cost) AS cost, 0 AS adjustment, occurred_at,
      learned_at
    FROM kubernetes_costs GROUP BY ALL;
    INSERT INTO split_costs BY NAME
    SELECT cluster AS split, charge_day, currency, sum(cost) AS billed, sum(cost) AS effective, occurred_at, learned_at
    FROM kubernetes_costs GROUP BY ALL;`);
}

/** 1,000,000 happenings of 40 teams in 13 months, and as many takings. */
const fillToy = (tx: Transaction): Promise<void> =>
  tx.run(`
    INSERT INTO happenings
    SELECT i, 'team-' || hash(i) % 40, (hash(i, 'seconds') % 200)::BIGINT, happened, happened + INTERVAL 1 HOUR
    FROM (SELECT i, TIMESTAMP '${firstDay}' + to_seconds(i * ${gridDays * 86_400} // ${facts}) AS happened FROM range(${facts}) AS r(i));
    INSERT INTO takings
    SELECT occurred_at::DATE, team, seconds, occurred_at::DATE + INTERVAL 1 DAY, learned_at FROM happenings;`);

const { exporter: name, dataDir } = inputOf<ViewInput>();
const exporter = { cost, dora, policy, 'supply-chain': supplyChain, toy: toyExporter() }[name];
const ledger = await openLedger({ path: path.join(dataDir, `${name}.duckdb`), tables: exporter.tables });
const fill = {
  ...{ cost: fillCost, toy: fillToy },
  dora: (tx: Transaction) => fillDora(tx, firstDay, gridDays),
  policy: (tx: Transaction) => fillPolicy(tx, firstDay, gridDays),
  'supply-chain': (tx: Transaction) => fillSupplyChain(tx, firstDay, gridDays),
}[name];
await ledger.write(fill);
answer({ metrics: exporter.metrics.length });
for (const metric of exporter.metrics) answer(await time(ledger, metric));
await ledger.close();
process.disconnect();

async function time(books: Ledger, metric: Metric): Promise<ViewTiming> {
  const options = { facts: exporter.facts, now, pageDays: 0 };
  const publishOnce = async () => {
    const began = performance.now();
    const published = await books.write(async tx => {
      await tx.run(sqlMacros);
      return publish(tx, exporter.facts, metric, now);
    });
    return { publishMs: performance.now() - began, published };
  };
  const first =
    metric.kind === 'daily' ? { ...(await publishOnce()), publishAgainMs: (await publishOnce()).publishMs } : undefined;
  const live: number[] = [];
  const cpu: number[] = [];
  let series = 0;
  for (let round = 0; round < rounds; round += 1) {
    const began = performance.now();
    const before = cpuMs();
    const rendered = await books.read(async reader => {
      await reader.run(sqlMacros);
      // A daily family's page is rendered from what was published, so its view is evaluated apart.
      if (first) await evaluate(reader, metric, [now]);
      return renderMetric(reader, metric, options);
    });
    live.push(performance.now() - began);
    cpu.push(cpuMs() - before);
    series = rendered.families[0]?.series ?? 0;
  }
  // Of findings a grid takes minutes a family.
  const grid = first || name === 'policy' || name === 'supply-chain' ? {} : await timeGrid(books, metric);
  return { metric: metric.name, liveMs: median(live), liveCpuMs: median(cpu), series, ...first, ...grid };
}

/** Every noon of 13 months, as many at once as the history writer asks. Daily families have no grid: an instant has all days. */
async function timeGrid(books: Ledger, metric: Metric) {
  const instants = Array.from({ length: gridDays }, (_, index) => new Date(now.getTime() - index * 864e5));
  const began = performance.now();
  let gridRows = 0;
  const together = metric.instantsAtOnce ?? gridDays;
  for (let first = 0; first < gridDays; first += together)
    gridRows += await books.read(reader => evaluate(reader, metric, instants.slice(first, first + together)));
  return { gridMs: performance.now() - began, gridRows };
}

function evaluate(reader: Reader, metric: Metric, instants: readonly Date[]): Promise<number> {
  return withView(reader, exporter.facts, metric, { instants }, async sql => {
    await reader.run(`CREATE OR REPLACE TEMP TABLE evaluated AS ${sql}`);
    return Number(await reader.scalar('SELECT count(*) FROM evaluated'));
  });
}
