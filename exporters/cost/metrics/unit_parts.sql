-- Quantities and cost of each unit's last complete days, as known at the instant. Only days on which the usage metric has
-- anything count, for both. A quantity that tells no team, service or environment belongs to any that is asked for.
WITH days_asked AS (
  SELECT min(ts)::DATE - (SELECT coalesce(max(period_days), 0) FROM unit_costs) AS first_day, max(ts)::DATE AS end_day
  FROM instants
),
quantities_asked AS (
  SELECT effective_at, charge_day, usage, team, service, environment, quantity
  FROM usage_quantities_known
  CROSS JOIN days_asked
  WHERE usage IN (SELECT usage FROM unit_costs) AND charge_day >= first_day AND charge_day < end_day
),
costs_asked AS (
  SELECT effective_at, charge_day, team, service, environment, currency, effective
  FROM allocations_known
  CROSS JOIN days_asked
  WHERE charge_day >= first_day AND charge_day < end_day AND EXISTS (FROM unit_costs)
),
moments AS (
  SELECT times.effective_at, i.ts AS first_ts
  FROM (SELECT effective_at FROM quantities_asked UNION SELECT effective_at FROM costs_asked) AS times
  ASOF JOIN instants AS i ON times.effective_at <= i.ts
),
-- By unit, before the instants multiply them.
quantity_postings AS (
  SELECT first_ts, unit, period_days, charge_day, q.team, q.service, sum(quantity) AS quantity
  FROM quantities_asked AS q
  JOIN moments USING (effective_at)
  JOIN unit_costs AS u
    ON u.usage = q.usage
    AND (u.team = '' OR q.team IN ('', u.team))
    AND (u.service = '' OR q.service IN ('', u.service))
    AND (u.environment = '' OR q.environment IN ('', u.environment))
  GROUP BY ALL
),
cost_postings AS (
  SELECT first_ts, unit, charge_day, c.team, c.service, currency, sum(effective) AS effective
  FROM costs_asked AS c
  JOIN moments USING (effective_at)
  JOIN unit_costs AS u
    ON (u.team = '' OR c.team = u.team)
    AND (u.service = '' OR c.service = u.service)
    AND (u.environment = '' OR c.environment = u.environment)
  GROUP BY ALL
),
unit_days AS (
  SELECT i.ts, unit, charge_day
  FROM (
    SELECT first_ts, unit, period_days, charge_day, sum(quantity) AS quantity FROM quantity_postings GROUP BY ALL
  )
  JOIN instants AS i ON first_ts <= i.ts AND charge_day >= i.ts::DATE - period_days
  GROUP BY i.ts, unit, charge_day
  HAVING sum(quantity) > 0
),
-- What is there every day, such as customers, is counted once and not once a day: a mean over the days that have any.
quantities AS (
  SELECT
    ts, unit, team, service,
    CASE WHEN any_value(aggregate) = 'mean' THEN (sum(quantity) / any_value(day_count))::DECIMAL(38, 10)
      ELSE sum(quantity)
    END AS quantity
  FROM quantity_postings
  JOIN unit_days USING (unit, charge_day)
  JOIN (SELECT ts, unit, count(*) AS day_count FROM unit_days GROUP BY ALL) USING (ts, unit)
  JOIN (SELECT unit, aggregate FROM unit_costs) USING (unit)
  WHERE first_ts <= ts
  GROUP BY ALL
),
costs AS (
  SELECT ts, unit, team, service, currency, sum(effective) AS cost
  FROM cost_postings
  JOIN unit_days USING (unit, charge_day)
  WHERE first_ts <= ts
  GROUP BY ALL
)
