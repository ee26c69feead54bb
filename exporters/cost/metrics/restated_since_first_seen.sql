-- What bills changed of each charge month's days after they were first seen. A month that was billed and never changed is 0.
WITH months AS (
  SELECT ts, months_ago, (date_trunc('month', ts) - to_months(months_ago))::DATE AS charge_month
  FROM instants
  CROSS JOIN (VALUES (0), (1), (2)) AS ago (months_ago)
),
billed_months AS (
  SELECT provider, currency, charge_month, min(effective_at) AS effective_at
  FROM (
    SELECT key_id, date_trunc('month', charge_day)::DATE AS charge_month, min(effective_at) AS effective_at
    FROM charges_known
    WHERE charge_day >= (SELECT min(charge_month) FROM months)
    GROUP BY ALL
  )
  JOIN charge_keys USING (key_id)
  GROUP BY ALL
),
moved AS (
  SELECT
    effective_at, provider, currency, direction, date_trunc('month', charge_day)::DATE AS charge_month,
    sum(billed) AS billed, sum(effective) AS effective, sum(list) AS list, sum(contracted) AS contracted
  FROM restatements_known
  WHERE charge_day >= (SELECT min(charge_month) FROM months)
  GROUP BY ALL
),
entries AS (
  FROM moved
  UNION ALL
  SELECT effective_at, provider, currency, unnest(['up', 'down']), charge_month, 0, 0, 0, 0
  FROM billed_months
),
known AS (
  SELECT
    ts, months_ago, provider, direction, currency,
    sum(billed) AS billed, sum(effective) AS effective, sum(list) AS list, sum(contracted) AS contracted
  FROM entries
  JOIN months USING (charge_month)
  WHERE effective_at <= ts
  GROUP BY ALL
)
SELECT
  ts, provider, months_ago::VARCHAR AS months_ago, direction,
  unnest(['billed', 'effective', 'list', 'contracted']) AS cost_basis, currency,
  unnest([billed, effective, list, contracted]) AS value
FROM known
