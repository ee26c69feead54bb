-- Where the artifacts that have a matching package run, by the bill of materials that each running image is known by, and
-- since when without a break; and those that run nowhere.
now_at AS (SELECT max(ts) AS ts FROM instants),
known_by AS (
  SELECT r.artifact, r.told_as
  FROM running_as AS r
  SEMI JOIN artifact_sboms AS s ON s.artifact = r.told_as
  QUALIFY row_number() OVER (PARTITION BY r.artifact ORDER BY r.rank, r.told_as) = 1
),
runs AS (
  SELECT DISTINCT r.team, r.service, r.environment, r.artifact, k.told_as, r.name, r.tag
  FROM running_told AS r
  JOIN known_by AS k USING (artifact)
  WHERE k.told_as IN (SELECT artifact FROM matched_artifacts)
),
slots AS (
  SELECT
    place, workload, container, coalesce(d.artifact, r.artifact) AS artifact, owner_key, r.occurred_at, learned_at,
    replicas,
    max(r.occurred_at) FILTER (replicas = 0)
      OVER (PARTITION BY place, workload, container, coalesce(d.artifact, r.artifact)) AS stopped_at
  FROM running_images AS r
  LEFT JOIN artifact_digests AS d ON d.digest = r.artifact
  WHERE coalesce(d.artifact, r.artifact) IN (SELECT artifact FROM runs)
),
begun AS (
  SELECT artifact, max_by(owner_key, (occurred_at, learned_at)) AS owner_key, min(occurred_at) AS since
  FROM slots
  WHERE replicas > 0 AND (stopped_at IS NULL OR occurred_at > stopped_at)
  GROUP BY place, workload, container, artifact
),
owners_now AS (
  SELECT owner_key, team, service, environment
  FROM owners, now_at
  WHERE valid_from <= ts::DATE AND ts::DATE < valid_to
),
run_since AS (
  SELECT artifact, team, service, environment, min(since) AS since
  FROM begun
  JOIN owners_now USING (owner_key)
  GROUP BY ALL
),
boms AS (
  SELECT artifact, max((occurred_at, owner_key)) AS newest FROM artifact_sboms
  WHERE artifact IN (SELECT artifact FROM matched_artifacts)
  GROUP BY ALL
),
placed AS (
  SELECT
    '0' AS rank, r.team, r.service, r.environment, r.artifact, r.told_as, r.name, r.tag, s.since
  FROM runs AS r
  LEFT JOIN run_since AS s USING (artifact, team, service, environment)
  UNION ALL
  SELECT
    '1', coalesce(o.team, 'unowned'), coalesce(o.service, ''), coalesce(o.environment, ''), m.artifact, m.artifact,
    coalesce(a.name, m.artifact), coalesce(a.tag, ''), NULL
  FROM (FROM matched_artifacts WHERE artifact NOT IN (SELECT told_as FROM runs)) AS m
  LEFT JOIN (SELECT DISTINCT ON (artifact) * FROM artifacts ORDER BY artifact, name) AS a USING (artifact)
  LEFT JOIN boms AS b USING (artifact)
  LEFT JOIN owners_now AS o ON o.owner_key = b.newest[2]
)
