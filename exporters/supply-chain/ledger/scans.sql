-- Scans of this round: one row each, and of the newest of each artifact, part and scanner what it found.
INSERT INTO artifact_scans BY NAME
SELECT
  * EXCLUDE (scan, round, owner), getvariable('heard_source') AS source,
  getvariable('heard_stale_seconds') AS stale_seconds, (md5_number(owner) // 2)::HUGEINT AS owner_key,
  getvariable('heard_now') AS learned_at
FROM fresh_scans
WHERE round = getvariable('heard_round');

CREATE OR REPLACE TEMP TABLE scanned_now AS
SELECT scan, artifact, part, scanner, unnest(classes) AS class, digest, occurred_at
FROM fresh_scans
WHERE round = getvariable('heard_round') AND completeness <> 'failed';

INSERT INTO touched_artifacts SELECT artifact, max(occurred_at) FROM scanned_now GROUP BY ALL;
INSERT INTO touched_artifacts
SELECT artifact, max(occurred_at) FROM fresh_scans
WHERE round = getvariable('heard_round') AND completeness = 'failed' AND getvariable('heard_runs_unknown')
GROUP BY ALL;

-- The newest of each; where all of it was looked at later than a part, that part's is none any more.
CREATE OR REPLACE TEMP TABLE newest_scans AS
WITH looks AS (
  SELECT artifact, part, scanner, unnest(classes) AS class, digest, occurred_at
  FROM artifact_scans SEMI JOIN scanned_now USING (artifact)
  WHERE completeness <> 'failed'
),
newest AS (
  SELECT artifact, part, scanner, class, max((occurred_at, digest)) AS look FROM looks GROUP BY ALL
)
SELECT n.artifact, n.part, n.scanner, n.class, n.look[1] AS occurred_at, n.look[2] AS digest
FROM newest AS n
LEFT JOIN (FROM newest WHERE part = '') AS whole USING (artifact, scanner, class)
WHERE n.part = '' OR whole.look IS NULL OR whole.look <= n.look;

CREATE OR REPLACE TEMP TABLE replacing AS
SELECT s.scan, artifact, part, scanner, class, occurred_at
FROM scanned_now AS s
JOIN newest_scans USING (artifact, part, scanner, class, digest, occurred_at);

-- What an older scan found was there earlier than we knew.
UPDATE scan_results AS r
SET first_seen_at = f.seen_at
FROM (
  SELECT artifact, class, vulnerability, package, min(least(s.occurred_at, f.first_seen_at)) AS seen_at
  FROM scanned_now AS s JOIN told_found AS f USING (scan, class)
  ANTI JOIN replacing USING (scan, class)
  WHERE f.ended_at IS NULL
  GROUP BY ALL
) AS f
WHERE r.artifact = f.artifact AND r.class = f.class AND r.vulnerability = f.vulnerability AND r.package = f.package
  AND f.seen_at < r.first_seen_at;

CREATE OR REPLACE TEMP TABLE seen_before AS
SELECT artifact, class, vulnerability, package, min(first_seen_at) AS seen_at
FROM scan_results SEMI JOIN replacing USING (artifact)
GROUP BY ALL;

DELETE FROM scan_results AS r
WHERE artifact IN (SELECT artifact FROM replacing)
  AND (
    EXISTS (
      FROM replacing AS n
      WHERE n.artifact = r.artifact AND n.part = r.part AND n.scanner = r.scanner AND n.class = r.class
    )
    OR NOT EXISTS (
      FROM newest_scans AS n
      WHERE n.artifact = r.artifact AND n.part = r.part AND n.scanner = r.scanner AND n.class = r.class
    )
  );
INSERT INTO scan_results BY NAME
SELECT
  artifact, part, scanner, f.* EXCLUDE (scan, first_seen_at, ended_at),
  CASE WHEN f.exception IS NULL THEN 'fail' ELSE 'excepted' END AS outcome,
  least(n.occurred_at, f.first_seen_at, b.seen_at) AS first_seen_at
FROM replacing AS n
JOIN told_found AS f USING (scan, class)
LEFT JOIN seen_before AS b USING (artifact, class, vulnerability, package)
WHERE f.ended_at IS NULL;

-- What its scanner says was there and is no more.
CREATE OR REPLACE TEMP TABLE ended_now AS
SELECT
  artifact, part, scanner, class, vulnerability, package, severity, original_severity, title, url, location,
  first_seen_at, ended_at
FROM replacing AS n
JOIN told_found AS f USING (scan, class)
WHERE f.ended_at IS NOT NULL;
