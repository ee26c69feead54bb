owned AS (
  SELECT
    ts, team, service, environment,
    CASE WHEN os_end_of_life THEN 'end_of_life' WHEN NOT os_end_of_life THEN 'supported' ELSE 'unknown' END AS status,
    count(*) AS n
  FROM running_at
  LEFT JOIN image_scans_at USING (ts, artifact)
  GROUP BY ALL
)
