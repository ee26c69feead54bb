-- 1 for the first band whose bound the value is below, 0 for the others of the year.
SELECT ts, team, metric, year, band, (position = fallen)::INTEGER AS value
FROM (
  SELECT
    m.ts, m.team, m.metric, b.year::VARCHAR AS year, b.band, b.position,
    min(b.position) FILTER (
      b.upper_bound IS NULL OR m.value < b.upper_bound OR (b.is_closed AND m.value = b.upper_bound)
    ) OVER (PARTITION BY m.ts, m.team, m.metric, b.year) AS fallen
  FROM measured AS m
  JOIN performance_bands AS b USING (metric)
)
