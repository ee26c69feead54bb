-- Counts `counted` (labels, happened_at, from_at, until_at, n) in each window of each instant. A fact enters a window and
-- leaves it: two events, each at the first instant that sees it, and a running sum over the instants. A series stays, at
-- 0 in its shorter windows, while its longest has one.
SELECT ts, unnest(labels), "window", value
FROM (
  SELECT ts, labels, "window", value
  FROM (
    SELECT
      i.ts, s.labels, s."window",
      coalesce(sum(change) OVER (PARTITION BY s.labels, s."window" ORDER BY i.ts), 0)::BIGINT AS value
    FROM instants AS i
    CROSS JOIN (SELECT * FROM (SELECT DISTINCT labels FROM window_steps), windows) AS s
    LEFT JOIN window_steps AS w ON w.ts = i.ts AND w.labels = s.labels AND w."window" = s."window"
  )
  QUALIFY max(value) OVER (PARTITION BY ts, labels) > 0
)
