-- The deployment that each of `asked_incidents` names, and the first one that brought the commit it names.
WITH deployments_now AS (
  SELECT deployment, service, team, environment, repository, sha, finished_at
  FROM production_deployments
  QUALIFY row_number() OVER (PARTITION BY deployment, service ORDER BY learned_at DESC) = 1 AND outcome <> ''
),
-- By its own name or that of one of its regions, in full or the id alone; an id may have colons of its own.
names AS (
  SELECT deployment, name, name[strpos(name, ':') + 1:] AS id
  FROM (
    SELECT deployment, deployment AS name FROM deployments_now
    UNION
    SELECT deployment, part FROM deployment_parts
  )
),
named AS (
  SELECT a.source, a.incident, arg_min(n.deployment, (n.name <> a.deployment, n.deployment)) AS deployment
  FROM asked_incidents AS a
  JOIN names AS n ON n.name = a.deployment OR n.id = a.deployment
  WHERE a.deployment <> ''
  GROUP BY ALL
  -- An id that two systems use names neither.
  HAVING count(DISTINCT n.deployment) = 1 OR bool_or(n.name = a.deployment)
),
-- As people write it: in capitals, or as the address of the commit.
shas AS (
  SELECT source, incident, service, lower(regexp_extract(root_cause_sha, '(?:^|/)([0-9A-Fa-f]{7,64})/?\s*$', 1)) AS root_cause_sha
  FROM asked_incidents
  WHERE length(root_cause_sha) >= 7
),
named_shas AS (FROM shas WHERE root_cause_sha <> ''),
brought AS (
  SELECT source, incident, arg_min(deployment, (service_differs, occurred_at, deployment)) AS deployment
  FROM (
    SELECT a.source, a.incident, c.deployment, c.service <> a.service AS service_differs, c.occurred_at
    FROM named_shas AS a
    JOIN deployed_changes AS c ON c.sha[:7] = a.root_cause_sha[:7] AND starts_with(c.sha, a.root_cause_sha)
    QUALIFY row_number() OVER (PARTITION BY a.source, a.incident, c.deployment, c.service, c.environment, c.repository, c.sha ORDER BY c.learned_at DESC) = 1
      AND c.holds
    UNION ALL
    SELECT a.source, a.incident, d.deployment, d.service <> a.service, d.finished_at
    FROM named_shas AS a
    -- What deploys may cut it short too.
    JOIN deployments_now AS d ON length(d.sha) >= 7 AND d.sha[:7] = a.root_cause_sha[:7]
      AND (starts_with(d.sha, a.root_cause_sha) OR starts_with(a.root_cause_sha, d.sha))
  )
  GROUP BY ALL
)
SELECT
  a.source, a.incident, named.deployment AS named, brought.deployment AS brought,
  coalesce((SELECT min(service) FROM deployments_now AS d WHERE d.deployment = coalesce(named.deployment, brought.deployment)), '') AS service,
  coalesce((SELECT min(team) FROM deployments_now AS d WHERE d.deployment = coalesce(named.deployment, brought.deployment)), '') AS team,
  coalesce((SELECT min(environment) FROM deployments_now AS d WHERE d.deployment = coalesce(named.deployment, brought.deployment)), '') AS environment
FROM asked_incidents AS a
LEFT JOIN named USING (source, incident)
LEFT JOIN brought USING (source, incident)
