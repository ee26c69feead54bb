-- Services that have cost, by the budgets of their own where there are some, else by those of their team.
, services AS (
  SELECT DISTINCT i.ts, p.team, p.service
  FROM postings AS p
  JOIN instants AS i ON p.first_ts <= i.ts AND p.charge_month = date_trunc('month', i.ts)::DATE
  WHERE p.service NOT IN ('', 'unassigned')
),
judged AS (
  SELECT
    b.ts, b.budget, b.team, n.service, coalesce(sum(selected.spent), 0) > b.amount AS is_exceeded
  FROM valid_budgets AS b
  JOIN numbered AS n USING (budget_id)
  LEFT JOIN selected
    ON selected.budget_id = b.budget_id AND selected.charge_month = b.charge_month AND selected.first_ts <= b.ts
  WHERE b.team <> '' OR n.service <> ''
  GROUP BY b.ts, b.budget_id, b.budget, b.team, n.service, b.amount
),
matched AS (
  SELECT s.ts, s.team, s.service, j.budget, j.is_exceeded, j.service <> '' AS is_own
  FROM services AS s
  JOIN judged AS j
    ON j.ts = s.ts AND (j.team = '' OR j.team = s.team) AND (j.service = '' OR j.service = s.service)
),
counted AS (FROM matched QUALIFY is_own OR NOT bool_or(is_own) OVER (PARTITION BY ts, team, service))
SELECT
  ts, 'service' AS kind, service AS subject, team, service,
  CASE WHEN bool_or(is_exceeded) THEN 'fail' ELSE 'pass' END AS state,
  CASE WHEN bool_or(is_exceeded)
    THEN concat('exceeded: ', string_agg(DISTINCT budget, ', ' ORDER BY budget) FILTER (is_exceeded))
  END AS detail
FROM counted
GROUP BY ts, team, service
