-- The month of each run: what is known of its settled days, the level times the weekdays' shares for the days after,
-- and the other charges of the month before on the days that are still to come.
horizons AS (
  -- From the newest settled day, the month's days to be forecast are those from first_ahead to last_ahead.
  SELECT
    run, series, settled_day, greatest(1, month_start - settled_day) AS first_ahead, month_end - settled_day AS last_ahead
  FROM spans
  JOIN runs USING (run)
),
backtests AS (
  -- The same forecast made on each earlier day, as a part of what it then had to be.
  SELECT
    run, series, last_ahead,
    CASE WHEN known_days >= 14 AND level * weight > 0 THEN actual::DOUBLE * 1e6 / (level * weight) - 1 END AS error,
    weekday_free
  FROM (
    SELECT
      run, series, last_ahead, known_days, level, weekday_free,
      lead(usage_before, last_ahead) OVER in_order - lead(usage_before, first_ahead - 1) OVER in_order AS actual,
      lead(share_before, last_ahead) OVER in_order - lead(share_before, first_ahead - 1) OVER in_order AS weight
    FROM (
      SELECT
        run, series, charge_day, known_days, level, weekday_free,
        sum(usage) OVER so_far AS usage_before, sum(share) OVER so_far AS share_before
      FROM levels
      WINDOW so_far AS (PARTITION BY run, series ORDER BY charge_day)
    )
    JOIN horizons USING (run, series)
    WINDOW in_order AS (PARTITION BY run, series ORDER BY charge_day)
  )
),
errors AS (
  SELECT
    run, series, count(error) AS tested, any_value(last_ahead) AS last_ahead,
    quantile_cont(error, 0.1) AS low, quantile_cont(error, 0.5) / 2 AS middle, quantile_cont(error, 0.9) AS high,
    quantile_cont(weekday_free, 0.9) - quantile_cont(weekday_free, 0.1) AS spread
  FROM backtests
  GROUP BY ALL
),
newest_levels AS (
  SELECT run, series, level FROM levels WHERE charge_day = settled_day
),
intervals AS (
  -- Half of the median error corrects the mean, which so follows a trend. The outer tenths of the errors are the
  -- interval, wider by the horizon over the number of errors: they overlap, and few of them are independent. With fewer
  -- than 28 of them, the days' own spread is taken as if it never cancelled out over the horizon, but 10 % at least.
  SELECT
    run, series, level,
    CASE WHEN tested >= 28 THEN middle ELSE 0 END AS mean,
    CASE WHEN tested >= 28 THEN greatest(-1, middle + least(0, low - middle) * (1 + last_ahead / tested))
      ELSE -least(1, unproven)
    END AS lower,
    CASE WHEN tested >= 28 THEN middle + greatest(0, high - middle) * (1 + last_ahead / tested)
      ELSE unproven
    END AS upper
  FROM (
    SELECT *, CASE WHEN level > 0 THEN greatest(0.1, spread / 2 / level) ELSE 0 END AS unproven
    FROM errors
    JOIN newest_levels USING (run, series)
  )
),
month_days AS (
  SELECT
    run, series, charge_day, settled_day, today, level,
    (level * share / 1e6)::DECIMAL(38, 10) AS expected, coalesce(this.usage, 0) AS usage,
    coalesce(this.other, 0) AS other, coalesce(before.other, 0) AS other_before
  FROM (
    SELECT run, series, settled_day, today, level, month_start + unnest(range(month_end - month_start + 1))::INTEGER AS charge_day
    FROM spans
    JOIN runs USING (run)
    JOIN newest_levels USING (run, series)
  ) AS calendar
  JOIN weekday_shares AS shares USING (run, series)
  LEFT JOIN days AS this USING (run, series, charge_day)
  LEFT JOIN days AS before
    ON before.run = calendar.run AND before.series = calendar.series
    AND before.charge_day = calendar.charge_day - INTERVAL 1 MONTH
    AND day(before.charge_day) = day(calendar.charge_day)
  WHERE weekday = isodow(charge_day)
),
months AS (
  -- A day that is not settled has its Usage once that is more than expected, and its other charges once there are any.
  SELECT
    run, series,
    sum(CASE WHEN charge_day <= settled_day THEN usage ELSE greatest(0, usage - expected) END) AS known_usage,
    sum(CASE WHEN charge_day > settled_day THEN expected ELSE 0 END) AS expected_usage,
    sum(CASE
      WHEN charge_day <= settled_day OR (charge_day < today AND other <> 0) THEN other
      ELSE other_before
    END) AS other
  FROM month_days
  GROUP BY ALL
),
forecasts AS (
  -- Where no Usage is expected nothing was forecast, and an interval of no width would claim that nothing else can come.
  SELECT
    ts, forecast_day, month_start, series,
    unnest(CASE WHEN level > 0 THEN ['mean', 'lower', 'upper'] ELSE ['mean'] END) AS bound,
    (known_usage + other)::DOUBLE
      + expected_usage::DOUBLE * (1 + unnest(CASE WHEN level > 0 THEN [mean, lower, upper] ELSE [mean] END)) AS value
  FROM months
  JOIN intervals USING (run, series)
  JOIN runs USING (run)
)
