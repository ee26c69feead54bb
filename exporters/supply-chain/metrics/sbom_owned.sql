owned AS (
  SELECT ts, team, service, environment, coalesce(s.status, 'missing') AS status, count(*) AS n
  FROM running_at
  LEFT JOIN sboms_at AS s USING (ts, artifact)
  GROUP BY ALL
)
