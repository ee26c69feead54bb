-- The youngest age at which half or fewer survive; sums of logarithms are off by less than the billionth.
SELECT ts, team, service, environment, severity, "window", median / 1e6 AS value
FROM (
  SELECT
    ts, team, service, environment, severity, "window", min(age) FILTER (surviving <= 0.5 + 1e-9) AS median,
    min(age) FILTER (is_thin) AS thin
  FROM survival
  GROUP BY ALL
)
WHERE median IS NOT NULL AND (thin IS NULL OR thin > median)
