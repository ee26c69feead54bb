-- Up to 120 settled days from the first one with Usage. Below 14 there is no forecast: absent is not zero.
spans AS (
  SELECT run, series, settled_day, greatest(first_day, settled_day - 119) AS start_day
  FROM settled
  JOIN (
    SELECT run, series, min(charge_day) AS first_day
    FROM days
    WHERE usage <> 0
    GROUP BY ALL
  ) USING (run, series)
  WHERE settled_day - greatest(first_day, settled_day - 119) >= 13
),
