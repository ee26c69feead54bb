-- As decimals, so that the sum doesn't depend on its order.
statistics AS (
  SELECT ts, team, scorecard, sum(ratio)::DOUBLE / count(*) AS mean, median(ratio)::DOUBLE AS median
  FROM levelled
  WHERE ratio IS NOT NULL
  GROUP BY ts, team, scorecard
)
