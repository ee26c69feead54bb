-- Effective cost by team and day: Usage, which is forecast, and all other charges, which are not.
asked AS (
  SELECT effective_at, charge_day, team, provider, currency, charge_category, effective
  FROM allocations_known
  WHERE charge_day >= (SELECT min(oldest_day) FROM runs) AND charge_day < (SELECT max(ts)::DATE FROM runs)
),
moments AS (
  SELECT times.effective_at, i.ts AS first_ts
  FROM (SELECT DISTINCT effective_at FROM asked) AS times
  ASOF JOIN instants AS i ON times.effective_at <= i.ts
),
team_postings AS (
  SELECT
    first_ts, charge_day, team, provider, currency,
    sum(CASE WHEN charge_category = 'Usage' THEN effective ELSE 0 END) AS usage,
    sum(CASE WHEN charge_category <> 'Usage' THEN effective ELSE 0 END) AS other
  FROM asked
  JOIN moments USING (effective_at)
  GROUP BY ALL
),
