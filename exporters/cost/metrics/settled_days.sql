-- Each series' newest settled day: complete, no longer estimated, and delivered by every provider the series has cost
-- of. A provider that has delivered nothing for two weeks is not waited for.
delivered AS (
  SELECT run, provider, max(charge_day) AS newest
  FROM delivered_days
  JOIN runs ON first_ts <= ts AND charge_day < today
  GROUP BY ALL
),
settled AS (
  SELECT
    run, series,
    least(any_value(today) - 1 - (SELECT value FROM cost_settings WHERE name = 'estimated_days')::INTEGER, min(newest))
      AS settled_day
  FROM (
    SELECT DISTINCT run, today, series, provider
    FROM postings
    JOIN runs ON first_ts <= ts AND charge_day < today AND charge_day >= today - 28
  )
  JOIN delivered USING (run, provider)
  WHERE newest >= today - 14
  GROUP BY run, series
),
days AS (
  SELECT run, series, charge_day, sum(usage) AS usage, sum(other) AS other
  FROM postings
  JOIN runs ON first_ts <= ts AND charge_day < today AND charge_day >= oldest_day
  GROUP BY ALL
),
