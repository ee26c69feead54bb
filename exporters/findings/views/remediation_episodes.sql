SELECT
  ts, team,
  CASE
    WHEN place <= coalesce((SELECT max(value) FROM settings WHERE name = 'top_services'), 300) THEN service
    ELSE 'other'
  END AS service,
  severity, outcome, "window", sum(n)::BIGINT AS value
FROM (
  SELECT ts, team, service, severity, outcome, unnest(['90d', '365d']) AS "window", unnest([in_90d, in_365d]) AS n
  FROM (
    SELECT
      ts, team, service, severity, outcome, count(*) FILTER (ended_at > ts - INTERVAL 90 DAY) AS in_90d,
      count(*) FILTER (ended_at > ts - INTERVAL 365 DAY) AS in_365d
    FROM episodes
    WHERE ended_at > opened_at
    GROUP BY ALL
  )
)
JOIN places USING (ts, team, service)
WHERE n > 0
GROUP BY ALL
