owned AS (
  SELECT ts, team, service, environment, coalesce(s.status, 'never') AS status, count(*) AS n
  FROM running_at
  LEFT JOIN image_scans_at AS s USING (ts, artifact)
  GROUP BY ALL
)
