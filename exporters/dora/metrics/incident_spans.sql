incident_spans AS (
  SELECT
    source, incident, service, team, environment, status, deployment, reason, confidence, started_at, resolved_at, from_at,
    until_at
  FROM (
    SELECT *, effective_at AS from_at, coalesce(min(effective_at) OVER newer, TIMESTAMP '9999-12-31') AS until_at
    FROM incident_links_known
    WINDOW newer AS (
      PARTITION BY source, incident ORDER BY learned_at ROWS BETWEEN 1 FOLLOWING AND UNBOUNDED FOLLOWING
    )
  )
  WHERE from_at < until_at
)
