-- Effective Usage of each team's services by day; services are the real ones, before the top N.
asked AS (
  SELECT effective_at, charge_day, team, service, provider, currency, effective
  FROM allocations_known
  WHERE charge_category = 'Usage'
    AND charge_day >= (SELECT min(oldest_day) FROM runs) AND charge_day < (SELECT max(ts)::DATE FROM runs)
),
moments AS (
  SELECT times.effective_at, i.ts AS first_ts
  FROM (SELECT DISTINCT effective_at FROM asked) AS times
  ASOF JOIN instants AS i ON times.effective_at <= i.ts
),
service_postings AS (
  SELECT first_ts, charge_day, team, service, provider, currency, sum(effective) AS usage
  FROM asked
  JOIN moments USING (effective_at)
  GROUP BY ALL
),
subjects AS (
  SELECT row_number() OVER (ORDER BY team, service, currency) AS series, team, service, currency
  FROM (SELECT DISTINCT team, service, currency FROM service_postings)
),
postings AS (
  SELECT first_ts, series, provider, charge_day, usage, 0 AS other
  FROM service_postings
  JOIN subjects USING (team, service, currency)
),
delivered_days AS (
  SELECT DISTINCT first_ts, provider, charge_day FROM service_postings
),
