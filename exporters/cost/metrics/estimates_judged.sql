-- The service's Usage before (14 complete days) and after (days 3 to 17) the merge. Both are means of seven weekdays: the
-- weekday that comes three times in days 3 to 17 weighs no more than the others. In 42nds of a day's weight.
usage_days AS (
  SELECT effective_at, charge_day, service, currency, sum(effective) AS effective
  FROM allocations_known
  WHERE charge_category = 'Usage' AND service IN (SELECT service FROM pull_requests)
    AND charge_day >= (SELECT min(merged_day) - 14 FROM pull_requests)
    AND charge_day <= (SELECT max(merged_day) + 17 FROM pull_requests)
  GROUP BY ALL
),
usage_change AS (
  SELECT
    p.ts, p.team, p.service, p.repository, p.pull_request,
    sum(u.effective * CASE
      WHEN u.charge_day < p.merged_day THEN -3
      WHEN date_diff('day', p.merged_day, u.charge_day) % 7 = 3 THEN 2
      ELSE 3
    END) AS weighted
  FROM pull_requests AS p
  JOIN usage_days AS u
    ON u.service = p.service AND u.currency = p.currency AND u.effective_at <= p.ts
    AND (u.charge_day BETWEEN p.merged_day - 14 AND p.merged_day - 1
      OR u.charge_day BETWEEN p.merged_day + 3 AND p.merged_day + 17)
  GROUP BY ALL
),
-- Where the bill begins and how far it has come: a day that nobody has billed yet is no day without cost.
billed_days AS (
  SELECT i.ts, currency, min(charge_day) AS first_day, max(charge_day) AS last_day
  FROM (
    SELECT charge_day, currency, min(effective_at) AS effective_at
    FROM allocations_known
    WHERE charge_category = 'Usage'
    GROUP BY ALL
  )
  JOIN instants AS i ON effective_at <= i.ts
  GROUP BY ALL
),
judged AS (
  SELECT
    p.*,
    CASE
      WHEN p.merged_day IS NULL THEN 'pending'
      WHEN NOT p.is_known OR p.currencies > 1 OR p.service = 'unassigned' OR is_overlapped THEN 'unattributable'
      WHEN p.ts < p.merged_day + INTERVAL 18 DAY + to_days((
        SELECT value FROM cost_settings WHERE name = 'estimated_days'
      )::INTEGER) THEN 'pending'
      WHEN billed_days.last_day < p.merged_day + 17 THEN 'pending'
      WHEN weighted IS NULL OR billed_days.first_day > p.merged_day - 14 THEN 'unattributable'
      ELSE 'attributed'
    END AS state,
    -- A month is 730 hours, as Infracost counts: 365 / 12 days.
    (weighted * 365)::DOUBLE / (42 * 12) AS actual,
    row_number() OVER (
      PARTITION BY p.ts, p.service ORDER BY p.active_at DESC, p.repository, p.pull_request DESC
    ) <= (SELECT value FROM cost_settings WHERE name = 'estimate_pull_requests') AS is_shown
  FROM pull_requests AS p
  LEFT JOIN overlapping USING (ts, service, repository, pull_request)
  LEFT JOIN usage_change USING (ts, team, service, repository, pull_request)
  LEFT JOIN billed_days ON billed_days.ts = p.ts AND billed_days.currency = p.currency
),
estimates AS (
  SELECT ts, team, service, repository, pull_request, currency, sum(change) AS estimate
  FROM of_services
  GROUP BY ALL
)
