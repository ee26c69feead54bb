, ranked AS (
  -- The services that moved most of each currency are shown by name, never ranked over currencies.
  SELECT
    ts, period, currency, team, service,
    row_number() OVER (PARTITION BY ts, period, currency ORDER BY sum(abs(value)) DESC, team, service) AS place
  FROM cost_changes
  GROUP BY ts, period, currency, team, service
)
SELECT
  ts, team, CASE
    WHEN place <= (SELECT value FROM cost_settings WHERE name = 'top_services') THEN service
    ELSE 'other'
  END AS service, currency, period, reason, sum(value) AS value
FROM cost_changes
JOIN ranked USING (ts, period, currency, team, service)
GROUP BY ALL
HAVING sum(value) <> 0
