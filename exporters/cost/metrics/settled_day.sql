newest AS (
  SELECT run, team, currency, min(settled_day) AS settled_day
  FROM settled
  JOIN subjects USING (series)
  GROUP BY ALL
)
SELECT ts, team, currency, epoch(settled_day)::BIGINT AS value
FROM newest
JOIN runs USING (run)
