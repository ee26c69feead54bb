-- Shares in each window of each instant: as window_counts.sql, for a part and its whole (labels, happened_at, from_at,
-- until_at, part, whole). Below the minimum of samples a share is chance, and absent.
SELECT ts, unnest(labels), "window", value
FROM (
  SELECT ts, labels, "window", part / whole AS value
  FROM (
    SELECT
      i.ts, s.labels, s."window",
      coalesce(sum(w.part) OVER series, 0)::BIGINT AS part, coalesce(sum(w.whole) OVER series, 0)::BIGINT AS whole
    FROM instants AS i
    CROSS JOIN (SELECT DISTINCT labels, "window" FROM share_steps) AS s
    LEFT JOIN share_steps AS w ON w.ts = i.ts AND w.labels = s.labels AND w."window" = s."window"
    WINDOW series AS (PARTITION BY s.labels, s."window" ORDER BY i.ts)
  )
  WHERE whole >= coalesce((SELECT max(value) FROM dora_settings WHERE name = 'minimum_samples'), 5)
)
