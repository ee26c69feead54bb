-- Usage of every settled day, a day without charges is 0, and the weekday's share of a week in millionths of its mean:
-- the median of the last 8 weeks' ratios of a day to the seven around it, so that a spike or a gap moves nothing.
-- Sums are of decimals and integers, and medians of doubles, so that the order of the rows changes no digit.
settled_usage AS (
  SELECT run, series, settled_day, calendar.charge_day, coalesce(usage, 0) AS usage
  FROM (
    SELECT run, series, settled_day, start_day + unnest(range(settled_day - start_day + 1))::INTEGER AS charge_day
    FROM spans
  ) AS calendar
  LEFT JOIN days USING (run, series, charge_day)
),
weekday_medians AS (
  SELECT run, series, isodow(charge_day) AS weekday, round(median(ratio) * 1e6)::BIGINT AS share
  FROM (
    SELECT
      run, series, charge_day,
      CASE WHEN count(*) OVER week = 7 AND sum(usage) OVER week > 0
        THEN usage::DOUBLE * 7 / (sum(usage) OVER week)::DOUBLE
      END AS ratio
    FROM settled_usage
    WHERE charge_day > settled_day - 56
    WINDOW week AS (PARTITION BY run, series ORDER BY charge_day ROWS BETWEEN 3 PRECEDING AND 3 FOLLOWING)
  )
  GROUP BY ALL
),
weekday_shares AS (
  SELECT
    run, series, weekday,
    CASE WHEN sum(share) OVER one_week > 0
      THEN round(greatest(coalesce(share, 0), 0) * 7e6 / (sum(greatest(coalesce(share, 0), 0)) OVER one_week)::DOUBLE)::BIGINT
      ELSE 1000000
    END AS share
  FROM weekday_medians
  WINDOW one_week AS (PARTITION BY run, series)
),
