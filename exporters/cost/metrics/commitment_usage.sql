-- Usage of the last 30 complete days by commitment and whether it was covered, as known at the instant.
WITH asked AS (
  SELECT effective_at, charge_day, key_id, effective, contracted
  FROM charges_known
  WHERE charge_day >= (SELECT min(ts)::DATE - 30 FROM instants)
    AND charge_day < (SELECT max(ts)::DATE FROM instants)
),
moments AS (
  SELECT times.effective_at, i.ts AS first_ts
  FROM (SELECT DISTINCT effective_at FROM asked) AS times
  ASOF JOIN instants AS i ON times.effective_at <= i.ts
),
by_key AS (
  SELECT first_ts, charge_day, key_id, sum(effective) AS effective, sum(contracted) AS contracted
  FROM asked
  JOIN moments USING (effective_at)
  GROUP BY ALL
),
postings AS (
  SELECT
    first_ts, charge_day, provider, service_category, commitment_id, commitment_status, currency,
    sum(effective) AS effective, sum(contracted) AS contracted
  FROM by_key
  JOIN charge_keys USING (key_id)
  WHERE charge_category = 'Usage'
  GROUP BY ALL
),
recent AS (
  SELECT
    i.ts, provider, service_category,
    -- A bill may tell that usage was covered and not by what.
    CASE WHEN commitment_id = '' THEN 'unnamed' ELSE commitment_id END AS commitment, commitment_status, currency,
    sum(effective) AS effective, sum(contracted) AS contracted
  FROM postings
  JOIN instants AS i ON first_ts <= i.ts AND charge_day >= i.ts::DATE - 30
  GROUP BY ALL
)
