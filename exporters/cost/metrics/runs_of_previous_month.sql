-- A run is a forecast made at an instant; here each instant makes those of the month before anew, from the days that
-- were complete on the 8th, 15th and 22nd, as the bill has them now.
WITH runs AS (
  SELECT
    row_number() OVER (ORDER BY ts, forecast_day) AS run, ts, month_start + forecast_day - 1 AS today,
    month_start + forecast_day - 141 AS oldest_day, month_start, last_day(month_start) AS month_end,
    forecast_day::VARCHAR AS forecast_day
  FROM (
    SELECT ts, (date_trunc('month', ts) - INTERVAL 1 MONTH)::DATE AS month_start, unnest([8, 15, 22]) AS forecast_day
    FROM instants
  )
),
