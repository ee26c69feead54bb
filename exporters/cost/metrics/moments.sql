WITH moments AS (
  -- The first instant asked at which a posting counts: looked up per distinct time, not per posting.
  SELECT times.effective_at, i.ts AS first_ts
  FROM (SELECT DISTINCT effective_at FROM allocations_known) AS times
  ASOF JOIN instants AS i ON times.effective_at <= i.ts
),
