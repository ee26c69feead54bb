-- The newest settled day of each team's service against the median of the seven days before it, by weekday. The spread
-- is that of the earlier days about what was expected of them, as a standard deviation that no outlier moves.
expectations AS (
  SELECT
    run, series, settled_day, charge_day, usage::DOUBLE AS actual,
    share * median(weekday_free) OVER (
      PARTITION BY run, series ORDER BY charge_day ROWS BETWEEN 7 PRECEDING AND 1 PRECEDING
    ) / 1e6 AS expected
  FROM weighed_usage
),
newest AS (
  SELECT
    run, series, settled_day,
    any_value(actual) FILTER (charge_day = settled_day) AS actual,
    any_value(expected) FILTER (charge_day = settled_day) AS expected,
    1.4826 * median(abs(actual - expected)) FILTER (charge_day < settled_day) AS spread
  FROM expectations
  GROUP BY ALL
),
usage_days AS (
  -- The largest of each currency, by what they cost or should have; what is 0 and should be is left out.
  SELECT
    ts, team, service, currency, settled_day, actual, expected, spread, greatest(abs(actual), abs(expected)) AS size
  FROM newest
  JOIN runs USING (run)
  JOIN subjects USING (series)
  WHERE greatest(abs(actual), abs(expected)) > 0
  QUALIFY row_number() OVER (PARTITION BY ts, currency ORDER BY size DESC, team, service)
    <= (SELECT value FROM cost_settings WHERE name = 'top_services')
)
