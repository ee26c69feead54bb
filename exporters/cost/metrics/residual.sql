WITH entries AS (
  SELECT
    effective_at, charge_day, currency,
    sum(billed) AS billed, sum(effective) AS effective, sum(list) AS list, sum(contracted) AS contracted
  FROM charges_known
  JOIN charge_keys USING (key_id)
  GROUP BY ALL
  UNION ALL
  SELECT effective_at, charge_day, currency, -sum(billed), -sum(effective), -sum(list), -sum(contracted)
  FROM allocations_known
  GROUP BY ALL
),
moments AS (
  SELECT times.effective_at, i.ts AS first_ts
  FROM (SELECT DISTINCT effective_at FROM entries) AS times
  ASOF JOIN instants AS i ON times.effective_at <= i.ts
),
postings AS (
  SELECT
    first_ts, charge_day, currency,
    sum(billed) AS billed, sum(effective) AS effective, sum(list) AS list, sum(contracted) AS contracted
  FROM entries
  JOIN moments USING (effective_at)
  GROUP BY ALL
),
by_day AS (
  -- Per day, so that an excess on one day can't hide a lack on another.
  SELECT
    i.ts, charge_day, currency, abs(sum(billed)) AS billed, abs(sum(effective)) AS effective,
    abs(sum(list)) AS list, abs(sum(contracted)) AS contracted
  FROM postings
  JOIN instants AS i ON first_ts <= i.ts
  GROUP BY ALL
),
by_currency AS (
  SELECT
    ts, currency, sum(billed) AS billed, sum(effective) AS effective, sum(list) AS list, sum(contracted) AS contracted
  FROM by_day
  GROUP BY ALL
)
SELECT
  ts, unnest(['billed', 'effective', 'list', 'contracted']) AS cost_basis, currency,
  unnest([billed, effective, list, contracted]) AS value
FROM by_currency
