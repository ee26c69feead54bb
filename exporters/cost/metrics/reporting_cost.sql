-- Cost in the reporting currency: each day at the newest rate on or before it, as known at the instant. `rate` is NULL
-- where there is none. Where no reporting currency is configured there are no rows.
postings AS (
  SELECT
    first_ts, date_trunc('month', charge_day)::DATE AS charge_month, charge_day, team, currency,
    sum(billed) AS billed, sum(effective) AS effective, sum(list) AS list, sum(contracted) AS contracted
  FROM asked
  JOIN moments USING (effective_at)
  GROUP BY ALL
),
known_cost AS (
  SELECT
    ts, charge_day, team, currency,
    sum(billed) AS billed, sum(effective) AS effective, sum(list) AS list, sum(contracted) AS contracted
  FROM postings
  JOIN wanted USING (charge_month)
  WHERE first_ts <= ts
  GROUP BY ALL
),
steady_rates AS (
  -- Days whose rate was there in time and was never withdrawn: at no instant does one look back beyond them.
  SELECT known.currency, rate_day
  FROM exchange_rates_known AS known
  JOIN reporting_currencies AS reporting ON reporting.currency_code = known.reporting_currency
  GROUP BY ALL
  HAVING count(rate) = count(*) AND max(effective_at) <= rate_day + INTERVAL 1 DAY
),
rate_windows AS (
  SELECT asked_for.ts, asked_for.currency, coalesce(steady_rates.rate_day, DATE '0001-01-01') AS oldest_day
  FROM (
    SELECT ts, currency, min(charge_day) AS first_day
    FROM known_cost
    GROUP BY ALL
  ) AS asked_for
  ASOF LEFT JOIN steady_rates
    ON asked_for.currency = steady_rates.currency AND asked_for.first_day >= steady_rates.rate_day
),
rates AS (
  SELECT ts, currency, rate_day, rate
  FROM (
    SELECT rate_windows.ts, known.currency, rate_day, rate
    FROM exchange_rates_known AS known
    JOIN reporting_currencies AS reporting ON reporting.currency_code = known.reporting_currency
    JOIN rate_windows ON rate_windows.currency = known.currency
    WHERE rate_day >= oldest_day AND effective_at <= rate_windows.ts
    QUALIFY row_number() OVER (PARTITION BY rate_windows.ts, known.currency, rate_day ORDER BY learned_at DESC) = 1
  )
  WHERE rate IS NOT NULL
),
by_basis AS (
  SELECT
    ts, charge_day, team, currency, unnest(['billed', 'effective', 'list', 'contracted']) AS cost_basis,
    unnest([billed, effective, list, contracted]) AS cost
  FROM known_cost
),
rated AS (
  SELECT
    cost.*, reporting.currency_code AS reporting_currency,
    CASE WHEN cost.currency = reporting.currency_code THEN 1 ELSE rates.rate END::DECIMAL(38, 18) AS rate
  FROM by_basis AS cost
  CROSS JOIN reporting_currencies AS reporting
  ASOF LEFT JOIN rates
    ON cost.ts = rates.ts AND cost.currency = rates.currency AND cost.charge_day >= rates.rate_day
),
converted AS (
  -- A product of all 28 decimals would leave ten digits before the point: the rate's last ten decimals go apart.
  SELECT
    *,
    (cost * rate::DECIMAL(38, 8))::DECIMAL(38, 18)
    + (cost * (rate - rate::DECIMAL(38, 8)))::DECIMAL(38, 18) AS reporting_cost
  FROM rated
)
