/**
 * What a review tells, read from the ledger by the SQL of the metric families: at the first instant after the month,
 * with all that is known by now of it. So its sums are those that the families show.
 */
import type { Ledger, Reader, Row } from '../../core/ledger.ts';
import type { Metric } from '../../core/metric.ts';
import { sqlTime } from '../../core/time.ts';
import { prepareInstants } from '../../core/views.ts';
import { changesSql } from '../metrics/changes.ts';
import { judgedSql } from '../metrics/estimates.ts';
import { sql } from '../metrics/sql.ts';
import { budgetAmount, budgetSpent, costMetrics } from '../metrics.ts';

export interface ReviewFacts {
  readonly month: string;
  readonly before: string;
  /** Effective cost by team and service: of the month, and of the one before. */
  readonly spend: readonly Row[];
  /** By team, service and reason; and the SKUs that moved most. */
  readonly changes: readonly Row[];
  readonly movers: readonly Row[];
  readonly budgets: readonly Row[];
  /** Budgets of AWS and Azure whose period ended in the month or holds its end: what their providers last said of them. */
  readonly vendorBudgets: readonly Row[];
  /** Undefined where no family tells it. */
  readonly forecasts: readonly Row[] | undefined;
  readonly untagged: readonly Row[];
  readonly idle: readonly Row[];
  /** By cluster and team ('' is nobody's): what is idle, and of what is requested the part that is used. */
  readonly clusters: readonly Row[];
  readonly restated: readonly Row[];
  readonly estimates: readonly Row[];
  /** How many of the month's days are estimated, open and closed, by provider. */
  readonly finality: readonly Row[];
  readonly now: Date;
}

export interface ReadOptions {
  /** `2026-10`, over at `now`. */
  readonly month: string;
  readonly now: Date;
  readonly facts: readonly string[];
}

const forecastFamily = 'finops_previous_month_forecast_cost';

export function readReview(ledger: Ledger, { month, now, facts }: ReadOptions): Promise<ReviewFacts> {
  const first = new Date(`${month}-01T00:00:00Z`);
  const end = new Date(Date.UTC(first.getUTCFullYear(), first.getUTCMonth() + 1, 1));
  const before = new Date(Date.UTC(first.getUTCFullYear(), first.getUTCMonth() - 1, 1));
  const days = { first: sqlTime(first), end: sqlTime(end) };
  const spans = { before: sqlTime(before), ...days };
  return ledger.read(async reader => {
    const as = (instant: Date, name = 'review') =>
      prepareInstants(reader, facts, { name, kind: 'state' }, { instants: [instant] });

    await as(end);
    const spend = await reader.all(spendSql, spans);
    const changes = await reader.all(
      `${changesSql}
       SELECT team, service, currency, reason, sum(value)::VARCHAR AS value
       FROM cost_changes WHERE period = 'month' AND value <> 0 GROUP BY ALL ORDER BY ALL`,
    );
    const movers = await reader.all(
      `${changesSql}
       SELECT
         team, service, currency, service_name, sku, is_new, is_gone, sum(old_cost)::VARCHAR AS old_cost,
         sum(new_cost)::VARCHAR AS new_cost, CASE WHEN bool_and(usage IS NOT NULL) THEN sum(usage)::VARCHAR END AS usage, sum(change)::VARCHAR AS value
       FROM explained WHERE period = 'month' AND change <> 0
       GROUP BY ALL ORDER BY currency, abs(sum(change)) DESC, team, service, service_name, sku, is_new, is_gone`,
    );
    const family = costMetrics.find(({ name }) => (name as string) === forecastFamily) as Metric | undefined;
    const forecasts = family && (await reader.all(`SELECT * FROM (${family.sql}) ORDER BY ALL`));
    const untagged = await reader.all(untaggedSql, days);
    const idle = await reader.all(idleSql, spans);
    const clusters = await reader.all(clustersSql, spans);
    const restated = await reader.all(restatedSql, days);
    const vendorBudgets = await reader.all(vendorBudgetsSql, { ...days, now: sqlTime(now) });

    await as(now);
    const finality = await reader.all(
      `${sql('finality')}
       SELECT provider, finality, count(*)::INTEGER AS days FROM finality
       WHERE charge_day >= $first::DATE AND charge_day < $end::DATE GROUP BY ALL ORDER BY ALL`,
      days,
    );
    const estimates = await reader.all(
      `${judgedSql}
       SELECT
         team, service, repository, pull_request, currency, state, actual, merged_at::VARCHAR AS merged_at,
         estimate::VARCHAR AS estimate
       FROM judged LEFT JOIN estimates USING (ts, team, service, repository, pull_request, currency)
       WHERE merged_day >= $first::DATE AND merged_day < $end::DATE
       ORDER BY team, service, merged_at, repository, pull_request`,
      days,
    );
    return {
      month,
      before: before.toISOString().slice(0, 7),
      vendorBudgets,
      ...{ spend, changes, movers, forecasts, untagged, idle, clusters, restated, estimates, finality, now },
      budgets: await readBudgets(reader, { facts, end }),
    };
  });
}

/** At the month's last instant, when its budgets still hold, and with all of its days. */
async function readBudgets(
  reader: Reader,
  { facts, end }: { readonly facts: readonly string[]; readonly end: Date },
): Promise<Row[]> {
  const last = new Date(end.getTime() - 1);
  await prepareInstants(reader, facts, budgetSpent, { instants: [last] });
  await reader.run(
    `CREATE OR REPLACE TEMP VIEW allocations_known AS
     SELECT *, occurred_at - INTERVAL 1 DAY AS effective_at FROM allocations`,
  );
  return reader.all(
    `SELECT budget, team, cost_basis, currency, a.value::VARCHAR AS amount, s.value::VARCHAR AS spent
     FROM (${budgetAmount.sql}) AS a JOIN (${budgetSpent.sql}) AS s USING (ts, budget, team, cost_basis, currency)
     ORDER BY ALL`,
  );
}

// Of a period that ended in the month the last that was ever said of it; of one that goes on, what was known at its end.
const vendorBudgetsSql = `
  WITH told AS (
    SELECT budgets.*, coalesce(team, '') AS team
    FROM vendor_budgets AS budgets
    LEFT JOIN vendor_budget_teams USING (source, budget)
    WHERE period_start < $end::DATE AND period_end >= $first::DATE
      AND learned_at <= CASE WHEN period_end < $end::DATE THEN $now::TIMESTAMP ELSE $end::TIMESTAMP END
    QUALIFY row_number() OVER (
      PARTITION BY source, provider, billing_account, budget, currency, period_start ORDER BY learned_at DESC
    ) = 1
  )
  SELECT
    team, provider, billing_account, budget, currency, period_start::VARCHAR AS period_start,
    period_end::VARCHAR AS period_end, amount::VARCHAR AS amount, actual::VARCHAR AS actual
  FROM told
  WHERE amount IS NOT NULL
  ORDER BY provider, budget, billing_account, currency, period_start, team`;

const spendSql = `
  SELECT
    team, service, currency,
    sum(CASE WHEN charge_day >= $first::DATE THEN effective ELSE 0 END)::VARCHAR AS cost,
    sum(CASE WHEN charge_day < $first::DATE THEN effective ELSE 0 END)::VARCHAR AS cost_before,
    sum(CASE WHEN charge_day >= $first::DATE THEN billed ELSE 0 END)::VARCHAR AS billed
  FROM allocations
  WHERE charge_day >= $before::DATE AND charge_day < $end::DATE
  GROUP BY ALL
  ORDER BY ALL`;

const untaggedSql = `
  SELECT
    team, currency, sum(effective)::VARCHAR AS taggable,
    sum(CASE WHEN tagging = 'untagged' THEN effective ELSE 0 END)::VARCHAR AS untagged
  FROM allocations
  WHERE tagging <> 'untaggable' AND charge_day >= $first::DATE AND charge_day < $end::DATE
  GROUP BY ALL
  ORDER BY ALL`;

const idleSql = `
  SELECT
    team, service, service_name, currency,
    sum(CASE WHEN charge_day >= $first::DATE THEN effective ELSE 0 END)::VARCHAR AS cost,
    sum(CASE WHEN charge_day < $first::DATE THEN effective ELSE 0 END)::VARCHAR AS cost_before
  FROM allocations
  WHERE charge_category = 'UnusedCommitment' AND charge_day >= $before::DATE AND charge_day < $end::DATE
  GROUP BY ALL
  HAVING sum(effective) <> 0
  ORDER BY ALL`;

const clustersSql = `
  SELECT
    cluster, team, currency,
    sum(CASE WHEN allocation = 'idle' AND charge_day >= $first::DATE THEN cost ELSE 0 END)::VARCHAR AS idle,
    sum(CASE WHEN allocation = 'idle' AND charge_day < $first::DATE THEN cost ELSE 0 END)::VARCHAR AS idle_before,
    sum(CASE WHEN charge_day >= $first::DATE THEN requested ELSE 0 END)::VARCHAR AS requested,
    sum(CASE WHEN charge_day >= $first::DATE THEN used ELSE 0 END)::VARCHAR AS used
  FROM kubernetes_costs
  WHERE charge_day >= $before::DATE AND charge_day < $end::DATE
  GROUP BY ALL
  ORDER BY ALL`;

// What comes a day or more after the provider's day was first seen is no part of the first delivery. Of a day and a
// service what comes at once is one move.
const restatedSql = `
  WITH postings AS (
    SELECT
      charge_day, team, service, currency, effective, learned_at,
      min(learned_at) OVER (PARTITION BY charge_day, provider, currency) AS first_seen
    FROM allocations
    WHERE charge_day >= $first::DATE AND charge_day < $end::DATE
  ),
  moves AS (
    SELECT team, currency, learned_at, sum(effective) AS effective
    FROM postings
    WHERE learned_at >= first_seen + INTERVAL 1 DAY
    GROUP BY charge_day, team, service, currency, learned_at
  )
  SELECT
    team, currency, sum(greatest(effective, 0))::VARCHAR AS up, sum(least(effective, 0))::VARCHAR AS down,
    max(learned_at)::VARCHAR AS last_at
  FROM moves
  WHERE effective <> 0
  GROUP BY ALL
  ORDER BY ALL`;
