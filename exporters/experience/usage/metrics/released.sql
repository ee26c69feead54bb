-- The newest period of each window that was published by then, as it was published last; absent once the two after it
-- should have been.
WITH newest AS (
  SELECT i.ts, r."window", r.period_end, r.release
  FROM usage_results_known AS r JOIN instants AS i ON r.effective_at <= i.ts
  WHERE r.measure = 'release'
  QUALIFY row_number() OVER (PARTITION BY i.ts, r."window" ORDER BY r.period_end DESC, r.release DESC) = 1
)
SELECT ts, {labels}, {value} AS value
FROM newest JOIN usage_results_known AS r USING ("window", period_end, release)
WHERE r.measure = '{measure}' AND {level}
  AND ts < period_end + if("window" = '7d', INTERVAL 15 DAY, INTERVAL 57 DAY)
