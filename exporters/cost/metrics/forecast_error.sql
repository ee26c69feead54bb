, actuals AS (
  SELECT i.ts, series, sum(usage + other) AS actual
  FROM postings
  JOIN instants AS i
    ON first_ts <= i.ts AND charge_day >= date_trunc('month', i.ts) - INTERVAL 1 MONTH AND charge_day < date_trunc('month', i.ts)
  GROUP BY ALL
)
SELECT ts, team, currency, forecast_day, value / actual::DOUBLE - 1 AS value
FROM forecasts
JOIN actuals USING (ts, series)
JOIN subjects USING (series)
WHERE bound = 'mean' AND actual > 0
