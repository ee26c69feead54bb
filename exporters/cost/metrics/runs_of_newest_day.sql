-- A run looks at the newest settled day as of an instant.
WITH runs AS (
  SELECT row_number() OVER (ORDER BY ts) AS run, ts, ts::DATE AS today, ts::DATE - 80 AS oldest_day
  FROM instants
),
