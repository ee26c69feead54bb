-- What runs of the names that this round told of, the newest scans of it, and the scopes whose findings may differ now.
-- A repository and a file are what their newest content is; so are images where nothing tells what runs.
CREATE OR REPLACE TEMP TABLE names_now AS
SELECT name FROM running_images SEMI JOIN touched_artifacts USING (artifact)
UNION SELECT name FROM artifacts SEMI JOIN touched_artifacts USING (artifact)
UNION SELECT name FROM touched_places
UNION SELECT regexp_extract(scope, '^[a-z]+:([^@]*)', 1) FROM touched_scopes;

CREATE OR REPLACE TEMP TABLE runs_now AS
WITH rows AS (
  SELECT * FROM running_images SEMI JOIN names_now USING (name)
),
stopped AS (
  SELECT place, workload, container, artifact, max(occurred_at) FILTER (replicas = 0) AS stopped_at,
    max_by(replicas, (occurred_at, learned_at)) AS replicas,
    max_by({'name': name, 'tag': tag, 'digest': digest, 'owner_key': owner_key}, (occurred_at, learned_at)) AS newest
  FROM rows
  GROUP BY ALL
),
running AS (
  SELECT
    s.place, s.artifact, s.newest.name AS name, s.newest.tag AS tag, s.newest.digest <> '' AS has_digest,
    s.workload, s.container, s.newest.owner_key AS owner_key, min(r.occurred_at) AS since
  FROM stopped AS s
  JOIN rows AS r USING (place, workload, container, artifact)
  WHERE s.replicas > 0 AND r.replicas > 0 AND (stopped_at IS NULL OR r.occurred_at >= stopped_at)
  GROUP BY ALL
),
-- Where nothing tells what runs: the newest content of each name, of images in each environment that they are scanned for.
looked_at AS (
  SELECT artifact, owner_key FROM artifact_scans UNION SELECT artifact, owner_key FROM artifact_sboms
),
newest AS (
  SELECT
    a.kind, a.name, a.artifact, a.tag, a.first_at, l.owner_key,
    CASE a.kind WHEN 'image' THEN coalesce(k.attributes ->> 'environment', '') ELSE '' END AS place
  FROM (FROM artifacts SEMI JOIN names_now USING (name)) AS a
  JOIN looked_at AS l USING (artifact)
  LEFT JOIN owner_keys AS k ON k.owner_key = l.owner_key
  WHERE a.kind <> 'image' OR getvariable('heard_runs_unknown')
  QUALIFY dense_rank() OVER (PARTITION BY a.kind, a.name, place ORDER BY a.first_at DESC, a.artifact DESC) = 1
),
all_runs AS (
  SELECT
    'image' AS kind, place, name, artifact, max(tag) AS tag, bool_or(has_digest) AS has_digest,
    min_by(owner_key, (workload, container)) AS owner_key, min(since) AS since
  FROM running
  GROUP BY ALL
  UNION ALL
  SELECT kind, place, name, artifact, max(tag), true, max(owner_key), NULL FROM newest GROUP BY ALL
)
SELECT
  concat(kind, ':', name, CASE place WHEN '' THEN '' ELSE '@' || place END) AS scope, concat(kind, ':', name) AS subject,
  *
FROM all_runs;

-- What a running image is scanned as: its own content, else what is scanned by its tag or by its name alone.
CREATE OR REPLACE TEMP TABLE scanned_as AS
SELECT scope, artifact AS running, artifact, 1 AS rank, NULL::TIMESTAMP AS first_at FROM runs_now
UNION ALL
SELECT scope, artifact, concat(name, ':', tag), 2, NULL FROM runs_now WHERE kind = 'image' AND tag <> ''
UNION ALL
SELECT r.scope, r.artifact, a.artifact, 3, a.first_at
FROM runs_now AS r JOIN artifacts AS a ON a.name = r.name AND a.tag = r.tag
WHERE r.kind = 'image' AND NOT r.has_digest AND r.tag <> ''
UNION ALL
SELECT scope, artifact, name, 4, NULL FROM runs_now WHERE kind = 'image';

INSERT INTO touched_scopes
SELECT scope, told_at FROM scanned_as JOIN touched_artifacts USING (artifact)
UNION ALL
SELECT concat('image:', name, CASE place WHEN '' THEN '' ELSE '@' || place END), told_at FROM touched_places;

CREATE OR REPLACE TEMP TABLE scopes_now AS SELECT scope, max(told_at) AS told_at FROM touched_scopes GROUP BY ALL;

CREATE OR REPLACE TEMP TABLE current_scans AS
WITH looks AS (
  SELECT artifact, part, scanner, unnest(classes) AS class, completeness, occurred_at, digest,
    coalesce(occurred_at + to_seconds(stale_seconds), TIMESTAMP '9999-12-31') AS fresh_until
  FROM artifact_scans
  WHERE completeness <> 'failed'
    AND artifact IN (SELECT artifact FROM scanned_as SEMI JOIN scopes_now USING (scope))
),
newest AS (
  SELECT artifact, part, scanner, class, max_by({
      'completeness': completeness, 'occurred_at': occurred_at, 'digest': digest, 'fresh_until': fresh_until
    }, (occurred_at, digest)) AS look
  FROM looks
  GROUP BY ALL
)
SELECT n.artifact, n.part, n.scanner, n.class, n.look.completeness AS completeness, n.look.fresh_until AS fresh_until
FROM newest AS n
LEFT JOIN (FROM newest WHERE part = '') AS whole USING (artifact, scanner, class)
WHERE n.part = '' OR whole.look IS NULL
  OR (whole.look.occurred_at, whole.look.digest) <= (n.look.occurred_at, n.look.digest);

CREATE OR REPLACE TEMP TABLE runs_scanned AS
SELECT r.*, c.artifact AS scanned
FROM (SELECT * FROM runs_now SEMI JOIN scopes_now USING (scope)) AS r
LEFT JOIN (
  SELECT scope, running, artifact FROM scanned_as
  WHERE artifact IN (SELECT artifact FROM current_scans)
  QUALIFY row_number() OVER (PARTITION BY scope, running ORDER BY rank, first_at DESC, artifact) = 1
) AS c ON c.scope = r.scope AND c.running = r.artifact;
