-- The share of a service's taggable cost of the last 30 complete days that carries no tag. Credits that exceed the cost
-- leave nothing to judge. Told in steps of 5 %, so that a share that moves a little is no change.
WITH asked AS (
  SELECT effective_at, charge_day, team, service, currency, tagging, effective
  FROM allocations_known
  WHERE tagging <> 'untaggable' AND service NOT IN ('', 'unassigned')
    AND charge_day >= (SELECT min(ts)::DATE - 30 FROM instants)
    AND charge_day < (SELECT max(ts)::DATE FROM instants)
),
moments AS (
  SELECT times.effective_at, i.ts AS first_ts
  FROM (SELECT DISTINCT effective_at FROM asked) AS times
  ASOF JOIN instants AS i ON times.effective_at <= i.ts
),
postings AS (
  SELECT
    first_ts, charge_day, team, service, currency,
    sum(effective) AS taggable, sum(CASE WHEN tagging = 'untagged' THEN effective ELSE 0 END) AS untagged
  FROM asked
  JOIN moments USING (effective_at)
  GROUP BY ALL
),
shares AS (
  SELECT i.ts, team, service, currency, sum(untagged)::DOUBLE / sum(taggable)::DOUBLE AS share
  FROM postings
  JOIN instants AS i ON first_ts <= i.ts AND charge_day >= i.ts::DATE - 30
  GROUP BY i.ts, team, service, currency
  HAVING sum(taggable) > 0
),
limits AS (
  SELECT coalesce((SELECT max(value) FROM cost_settings WHERE name = 'untagged_percent'), 5) / 100 AS most
)
SELECT
  ts, 'service' AS kind, service AS subject, team, service,
  CASE WHEN share > most THEN 'fail' ELSE 'pass' END AS state,
  CASE WHEN share > most
    THEN concat('more than ', greatest(floor(share * 20) * 5, round(most * 100))::INTEGER, ' % of its cost is untagged')
  END AS detail
FROM shares
CROSS JOIN limits
