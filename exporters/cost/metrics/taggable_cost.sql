-- Effective cost of the last 30 complete days that could carry a tag, as known at the instant.
WITH asked AS (
  SELECT effective_at, charge_day, team, currency, tagging, effective
  FROM allocations_known
  WHERE tagging <> 'untaggable'
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
    first_ts, charge_day, team, currency,
    sum(effective) AS taggable, sum(CASE WHEN tagging = 'untagged' THEN effective ELSE 0 END) AS untagged
  FROM asked
  JOIN moments USING (effective_at)
  GROUP BY ALL
),
taggable_cost AS (
  SELECT i.ts, team, currency, sum(taggable) AS taggable, sum(untagged) AS untagged
  FROM postings
  JOIN instants AS i ON first_ts <= i.ts AND charge_day >= i.ts::DATE - 30
  GROUP BY ALL
)
-- Where credits exceed the cost there is no share to tell, and no sample.
