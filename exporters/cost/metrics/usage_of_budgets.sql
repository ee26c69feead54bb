-- What each budget selects, by day and in its cost basis: Usage, which is forecast, and all other charges, which are not.
asked AS (
  SELECT
    effective_at, charge_day, team, service, environment, provider, currency, charge_category = 'Usage' AS is_usage,
    billed, effective, list, contracted
  FROM allocations_known
  WHERE charge_day >= (SELECT min(oldest_day) FROM runs) AND charge_day < (SELECT max(ts)::DATE FROM runs)
),
moments AS (
  SELECT times.effective_at, i.ts AS first_ts
  FROM (SELECT DISTINCT effective_at FROM asked) AS times
  ASOF JOIN instants AS i ON times.effective_at <= i.ts
),
grouped AS (
  SELECT
    first_ts, charge_day, team, service, environment, provider, currency, is_usage,
    sum(billed) AS billed, sum(effective) AS effective, sum(list) AS list, sum(contracted) AS contracted
  FROM asked
  JOIN moments USING (effective_at)
  GROUP BY ALL
),
subjects AS (
  SELECT row_number() OVER (ORDER BY budget, team, cost_basis, currency, valid_from, amount) AS series, budgets.*
  FROM budgets
),
postings AS (
  SELECT
    first_ts, series, p.provider, charge_day,
    sum(CASE WHEN is_usage THEN cost ELSE 0 END) AS usage, sum(CASE WHEN is_usage THEN 0 ELSE cost END) AS other
  FROM (
    SELECT
      g.first_ts, b.series, g.provider, g.charge_day, g.is_usage,
      CASE b.cost_basis
        WHEN 'billed' THEN g.billed
        WHEN 'effective' THEN g.effective
        WHEN 'list' THEN g.list
        WHEN 'contracted' THEN g.contracted
      END AS cost
    FROM subjects AS b
    JOIN grouped AS g
      ON g.currency = b.currency
      AND (b.team = '' OR g.team = b.team)
      AND (b.service = '' OR g.service = b.service)
      AND (b.environment = '' OR g.environment = b.environment)
      AND (b.provider = '' OR g.provider = b.provider)
  ) AS p
  GROUP BY ALL
),
delivered_days AS (
  SELECT DISTINCT first_ts, provider, charge_day FROM grouped
),
