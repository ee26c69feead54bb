WITH moments AS (
  SELECT times.effective_at, i.ts AS first_ts
  FROM (SELECT DISTINCT effective_at FROM restatements_known) AS times
  ASOF JOIN instants AS i ON times.effective_at <= i.ts
),
postings AS (
  SELECT
    first_ts, provider, direction, currency,
    sum(billed) AS billed, sum(effective) AS effective, sum(list) AS list, sum(contracted) AS contracted
  FROM restatements_known
  JOIN moments USING (effective_at)
  GROUP BY ALL
  UNION ALL
  -- Every bill starts at 0 in both directions, so that its first restatement is an increase and not a first sample.
  SELECT i.ts, provider, unnest(['up', 'down']), currency, 0, 0, 0, 0
  FROM (
    SELECT provider, currency, min(effective_at) AS effective_at
    FROM (SELECT key_id, min(effective_at) AS effective_at FROM charges_known GROUP BY key_id)
    JOIN charge_keys USING (key_id)
    GROUP BY ALL
  )
  ASOF JOIN instants AS i ON effective_at <= i.ts
),
known AS (
  SELECT
    i.ts, provider, direction, currency,
    sum(billed) AS billed, sum(effective) AS effective, sum(list) AS list, sum(contracted) AS contracted
  FROM postings
  JOIN instants AS i ON first_ts <= i.ts
  GROUP BY ALL
)
SELECT
  ts, provider, direction, unnest(['billed', 'effective', 'list', 'contracted']) AS cost_basis, currency,
  unnest([billed, effective, list, contracted]) AS value
FROM known
