-- A deployment may break what it changes before it has finished: it is called then what it is called when it has.
SELECT
  ts, team, service, environment, source, incident, status, CASE deployment WHEN '' THEN 'none' ELSE deployment END AS deployment,
  version, reason, format('{:g}', confidence) AS confidence, 1 AS value
FROM (
  SELECT l.*, coalesce(arg_min(v.version, (v.from_at, v.service)), '') AS version
  FROM listed_incidents AS l
  LEFT JOIN deployment_versions AS v ON v.deployment = l.deployment AND l.ts < v.until_at
  GROUP BY ALL
)
