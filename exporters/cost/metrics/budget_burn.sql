-- As an SLO's burn: the rate of Usage over the amount's own rate. At 1, the month's Usage spends exactly the amount.
windows AS (
  SELECT
    run, series, length || 'd' AS "window", sum(usage)::DOUBLE * 1e6 / sum(share)::DOUBLE AS a_day
  FROM weighed_usage
  JOIN (VALUES (3), (14)) AS lengths (length) ON charge_day > settled_day - length
  GROUP BY ALL
  HAVING sum(share) > 0
)
SELECT
  ts, budget, team, cost_basis, currency, "window",
  a_day * (month_end - month_start + 1) / amount::DOUBLE AS value
FROM windows
JOIN runs USING (run)
JOIN subjects USING (series)
WHERE amount > 0 AND (valid_from IS NULL OR valid_from <= today) AND (valid_to IS NULL OR today < valid_to)
