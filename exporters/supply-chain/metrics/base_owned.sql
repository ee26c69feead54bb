owned AS (
  SELECT
    ts, team, service, environment,
    CASE WHEN is_past THEN 'end_of_life' WHEN NOT is_past THEN 'supported' ELSE 'unknown' END AS status,
    count(*) AS n
  FROM running_at
  LEFT JOIN bases_at USING (ts, artifact)
  GROUP BY ALL
)
