-- A run is a forecast made at an instant; here each instant makes one, of its own month.
WITH runs AS (
  SELECT
    row_number() OVER (ORDER BY ts) AS run, ts, ts::DATE AS today, ts::DATE - 140 AS oldest_day,
    date_trunc('month', ts)::DATE AS month_start, last_day(ts::DATE) AS month_end, '' AS forecast_day
  FROM instants
),
