-- The level at each day: usage without its weekday, halfway between the medians of 7 and of 14 days. The shorter follows
-- a step within four days, the longer is steadier; neither sees a spike.
weighed_usage AS (
  SELECT
    run, series, settled_day, charge_day, usage, share,
    CASE WHEN share >= 50000 THEN usage::DOUBLE * 1e6 / share END AS weekday_free
  FROM settled_usage
  JOIN weekday_shares USING (run, series)
  WHERE weekday = isodow(charge_day)
),
levels AS (
  SELECT
    run, series, settled_day, charge_day, usage, share, weekday_free, row_number() OVER in_order AS known_days,
    (median(weekday_free) OVER (in_order ROWS 6 PRECEDING) + median(weekday_free) OVER (in_order ROWS 13 PRECEDING)) / 2
      AS level
  FROM weighed_usage
  WINDOW in_order AS (PARTITION BY run, series ORDER BY charge_day)
),
