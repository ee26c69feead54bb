-- What each charge day is at each instant. A day is closed when every billing period that has charges of it is closed:
-- it has ended, and it is said to be Closed or, where nobody says, all that it bills bears an invoice id. A correction
-- in the next period so opens a day again until that period closes. What was first learned of a period holds for the
-- time before, as for the charges.
WITH known_days AS (
  SELECT provider, billing_account, billing_period, charge_day, min(effective_at) AS effective_at
  FROM (
    SELECT key_id, billing_period, charge_day, min(effective_at) AS effective_at
    FROM charges_known
    GROUP BY ALL
  )
  JOIN charge_keys USING (key_id)
  GROUP BY ALL
),
states AS (
  SELECT
    provider, billing_account, billing_period, status = 'Closed' OR (status <> 'Open' AND invoice_ids > 0) AS is_settled,
    CASE WHEN row_number() OVER versions = 1 THEN TIMESTAMP '0001-01-01' ELSE learned_at END AS known_from,
    coalesce(lead(learned_at) OVER versions, TIMESTAMP 'infinity') AS known_until
  FROM billing_periods
  WINDOW versions AS (
    PARTITION BY provider, billing_account, billing_period ORDER BY learned_at, status DESC, invoice_ids
  )
),
settled_periods AS (
  SELECT i.ts, provider, billing_account, billing_period
  FROM instants AS i
  JOIN states ON known_from <= i.ts AND i.ts < known_until
  WHERE is_settled AND billing_period + INTERVAL 1 MONTH <= i.ts
),
day_periods AS (
  SELECT i.ts, known_days.*
  FROM known_days
  JOIN instants AS i ON effective_at <= i.ts
),
finality AS (
  SELECT
    day_periods.ts, day_periods.provider, day_periods.charge_day,
    CASE
      WHEN bool_and(settled.ts IS NOT NULL) THEN 'closed'
      WHEN day_periods.ts - (day_periods.charge_day + INTERVAL 1 DAY)
        < to_days((SELECT value FROM cost_settings WHERE name = 'estimated_days')::INTEGER) THEN 'estimated'
      ELSE 'open'
    END AS finality
  FROM day_periods
  LEFT JOIN settled_periods AS settled USING (ts, provider, billing_account, billing_period)
  GROUP BY day_periods.ts, day_periods.provider, day_periods.charge_day
)
