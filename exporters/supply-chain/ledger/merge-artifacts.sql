-- Artifacts that turned out to be one content: what is told of one is told of the other. Of what only the newest of an
-- artifact is kept the newer stays.
CREATE OR REPLACE TEMP TABLE both_scanned AS
SELECT
  coalesce(m.survivor, s.artifact) AS survivor, s.artifact, part, scanner, class,
  max_by(s.artifact, (occurred_at, digest)) OVER (PARTITION BY coalesce(m.survivor, s.artifact), part, scanner, class)
    AS newest
FROM (
  SELECT artifact, part, scanner, unnest(classes) AS class, occurred_at, digest
  FROM artifact_scans
  WHERE completeness <> 'failed' AND artifact IN (FROM merged_artifacts SELECT loser UNION FROM merged_artifacts SELECT survivor)
) AS s
LEFT JOIN merged_artifacts AS m ON m.loser = s.artifact;
DELETE FROM scan_results AS r
USING both_scanned AS b
WHERE b.artifact = r.artifact AND b.part = r.part AND b.scanner = r.scanner AND b.class = r.class
  AND b.newest <> r.artifact;
DELETE FROM components AS c
USING (
  SELECT coalesce(m.survivor, s.artifact) AS survivor, max_by(s.artifact, (occurred_at, digest)) AS newest
  FROM artifact_sboms AS s LEFT JOIN merged_artifacts AS m ON m.loser = s.artifact
  WHERE s.artifact IN (FROM merged_artifacts SELECT loser UNION FROM merged_artifacts SELECT survivor)
  GROUP BY ALL
) AS b
LEFT JOIN merged_artifacts AS m ON m.survivor = b.survivor
WHERE c.artifact IN (b.survivor, m.loser) AND c.artifact <> b.newest;

UPDATE artifacts AS a
SET first_at = least(a.first_at, l.first_at), tag = CASE a.tag WHEN '' THEN l.tag ELSE a.tag END
FROM (
  SELECT survivor, min(first_at) AS first_at, max(tag) AS tag
  FROM merged_artifacts JOIN artifacts ON artifact = loser GROUP BY ALL
) AS l
WHERE a.artifact = l.survivor;
DELETE FROM artifacts WHERE artifact IN (FROM merged_artifacts SELECT loser);
UPDATE artifact_digests AS t SET artifact = survivor FROM merged_artifacts AS m WHERE t.artifact = m.loser;
UPDATE artifact_scans AS t SET artifact = survivor FROM merged_artifacts AS m WHERE t.artifact = m.loser;
UPDATE scan_results AS t SET artifact = survivor FROM merged_artifacts AS m WHERE t.artifact = m.loser;
UPDATE artifact_sboms AS t SET artifact = survivor FROM merged_artifacts AS m WHERE t.artifact = m.loser;
UPDATE components AS t SET artifact = survivor FROM merged_artifacts AS m WHERE t.artifact = m.loser;
UPDATE bom_links AS t SET artifact = survivor FROM merged_artifacts AS m WHERE t.artifact = m.loser;
UPDATE vex_statements AS t SET artifact = survivor FROM merged_artifacts AS m WHERE t.artifact = m.loser;
UPDATE attestations AS t SET artifact = survivor FROM merged_artifacts AS m WHERE t.artifact = m.loser;
UPDATE signature_looks AS t SET artifact = survivor FROM merged_artifacts AS m WHERE t.artifact = m.loser;
UPDATE running_images AS t SET artifact = survivor FROM merged_artifacts AS m WHERE t.artifact = m.loser;

INSERT INTO touched_artifacts SELECT DISTINCT survivor, getvariable('heard_now') FROM merged_artifacts;
