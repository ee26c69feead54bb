-- What each image of gate_artifacts is told of as (life/runs.sql), how it was scanned for each class, and as what.
CREATE OR REPLACE TEMP TABLE gate_told AS
WITH named AS (
  SELECT DISTINCT g.artifact, a.kind, a.name, coalesce(a.tag, '') AS tag
  FROM (SELECT DISTINCT artifact FROM gate_artifacts) AS g
  JOIN artifacts AS a USING (artifact)
)
SELECT artifact, artifact AS told_as, 1 AS rank FROM named
UNION
SELECT artifact, concat(name, ':', tag), 2 FROM named WHERE kind = 'image' AND tag <> ''
UNION
SELECT n.artifact, a.artifact, 3
FROM named AS n
JOIN artifacts AS a ON a.name = n.name AND a.tag = n.tag
WHERE n.kind = 'image' AND n.tag <> '' AND n.artifact = concat(n.name, ':', n.tag)
UNION
SELECT artifact, name, 4 FROM named;

CREATE OR REPLACE TEMP TABLE gate_scans AS
WITH looks AS (
  SELECT
    artifact AS told_as, scanner, unnest(classes) AS class, completeness, occurred_at, digest,
    coalesce(occurred_at + to_seconds(stale_seconds), TIMESTAMP '9999-12-31') AS fresh_until
  FROM artifact_scans
  WHERE artifact IN (SELECT told_as FROM gate_told)
),
scanners AS (
  SELECT
    told_as, scanner, class, max_by(completeness, (occurred_at, digest)) AS newest,
    max({'occurred_at': occurred_at, 'digest': digest, 'fresh_until': fresh_until, 'completeness': completeness})
      FILTER (completeness <> 'failed') AS look
  FROM looks
  GROUP BY ALL
),
judged AS (
  SELECT
    t.artifact, s.class, s.told_as,
    CASE
      WHEN newest = 'failed' THEN 3
      WHEN look.fresh_until <= getvariable('gate_now') THEN 4
      WHEN look.completeness = 'partial' THEN 2
      ELSE 1
    END AS status
  FROM gate_told AS t
  JOIN scanners AS s USING (told_as)
  QUALIFY dense_rank() OVER (PARTITION BY t.artifact, s.class ORDER BY t.rank, s.told_as) = 1
)
SELECT artifact, class, told_as, ['fresh', 'partial', 'failed', 'stale'][min(status)] AS status
FROM judged
GROUP BY ALL;
