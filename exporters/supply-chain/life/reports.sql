-- What is known of each scope now, as reports of findings: one a class of findings, of all that runs there. Findings are
-- unknown where something that runs is not scanned, or its scan is stale.
CREATE OR REPLACE TEMP TABLE judged_scopes AS
WITH engines AS (
  SELECT DISTINCT scope, class AS engine FROM runs_scanned AS r JOIN current_scans AS c ON c.artifact = r.scanned
  UNION
  SELECT DISTINCT scope, engine FROM finding_listings SEMI JOIN scopes_now USING (scope)
),
timed AS (
  SELECT scope, engine, least(getvariable('heard_now'), greatest(s.told_at, l.looked_at)) AS evaluated_at
  FROM engines
  JOIN scopes_now AS s USING (scope)
  LEFT JOIN (
    SELECT engine, scope, max(looked_at) AS looked_at FROM finding_looks WHERE kind = 'report' GROUP BY ALL
  ) AS l USING (engine, scope)
),
artifacts_judged AS (
  SELECT
    t.scope, t.engine, t.evaluated_at, r.artifact, r.owner_key,
    coalesce(bool_or(c.fresh_until > t.evaluated_at), false) AS is_scanned,
    coalesce(bool_or(c.completeness = 'complete') FILTER (c.fresh_until > t.evaluated_at), false) AS is_complete,
    max(c.fresh_until) AS fresh_until
  FROM timed AS t
  LEFT JOIN runs_scanned AS r USING (scope)
  LEFT JOIN current_scans AS c ON c.artifact = r.scanned AND c.class = t.engine
  GROUP BY ALL
)
SELECT
  row_number() OVER (ORDER BY scope, engine) - 1 AS report, scope, engine, evaluated_at, count(artifact) AS running,
  count(artifact) FILTER (NOT is_scanned) AS unscanned, count(artifact) FILTER (NOT is_complete) AS incomplete,
  max(fresh_until) FILTER (is_scanned) AS fresh_until, min_by(owner_key, artifact) AS owner_key
FROM artifacts_judged
GROUP BY scope, engine, evaluated_at;

CREATE OR REPLACE TEMP TABLE told_results AS
WITH vex AS (
  SELECT
    vulnerability, artifact, status, occurred_at, learned_at, id, purl,
    regexp_replace(regexp_replace(purl, '[?#].*$', ''), '@[^/]*$', '') AS package,
    url_decode(regexp_extract(regexp_replace(purl, '[?#].*$', ''), '@([^/]*)$', 1)) AS version
  FROM vex_statements
  WHERE holds
),
occurrences AS (
  SELECT
    j.report, concat(s.artifact, '|', s.part, '|', s.scanner) AS part, s.vulnerability AS policy,
    concat(r.subject, '|', s.package) AS resource, s.severity, r.owner_key, s.title, s.version, s.fixed_versions,
    s.location, s.url, s.original_severity, s.fix, s.exception, s.package, s.artifact, r.artifact AS running, r.name,
    j.engine, e.suppressed_by IS NOT NULL AND (e.expires_at IS NULL OR e.expires_at > j.evaluated_at) AS is_suppressed,
    least(greatest(s.first_seen_at, r.since), j.evaluated_at) AS first_seen_at
  FROM judged_scopes AS j
  JOIN runs_scanned AS r USING (scope)
  JOIN current_scans AS c ON c.artifact = r.scanned AND c.class = j.engine AND c.fresh_until > j.evaluated_at
  JOIN scan_results AS s
    ON s.artifact = c.artifact AND s.part = c.part AND s.scanner = c.scanner AND s.class = c.class
  LEFT JOIN scan_exceptions AS e USING (exception)
),
-- Of several statements the newest holds.
said AS (
  SELECT
    o.report, o.part, o.policy, o.resource, o.version,
    max_by(v.status, (v.occurred_at, v.learned_at, v.id)) AS status, max_by(v.id, (v.occurred_at, v.learned_at, v.id)) AS id
  FROM (SELECT DISTINCT report, part, policy, resource, version, package, artifact, running, name FROM occurrences
    WHERE engine = 'vulnerability') AS o
  JOIN vex AS v ON v.vulnerability = o.policy
  WHERE (v.artifact IN (o.artifact, o.running, o.name) OR (v.artifact = '' AND v.purl <> ''))
    AND (v.purl = '' OR (v.package = o.package AND v.version IN ('', o.version)))
  GROUP BY ALL
)
SELECT
  o.report, o.part, o.policy, o.resource,
  CASE WHEN o.is_suppressed OR v.status IN ('not_affected', 'fixed') THEN 'excepted' ELSE 'fail' END AS outcome,
  o.severity, 'audit' AS enforcement, k.attributes::VARCHAR AS owner, o.title,
  concat_ws(' ', nullif(split_part(o.package, '/', -1), ''), nullif(o.version, '')) ||
    CASE WHEN len(o.fixed_versions) > 0 THEN ', fixed in ' || array_to_string(o.fixed_versions, ', ') ELSE '' END
    AS message,
  o.location, o.url, o.original_severity, o.first_seen_at, NULL::TIMESTAMP AS ended_at, o.fix, o.fixed_versions,
  CASE WHEN o.is_suppressed THEN o.exception WHEN v.status IN ('not_affected', 'fixed') THEN 'vex:' || v.id END
    AS exception
FROM occurrences AS o
LEFT JOIN owner_keys AS k USING (owner_key)
LEFT JOIN said AS v USING (report, part, policy, resource, version);

-- What was there and is in nothing that runs, all of which is scanned, is fixed.
INSERT INTO told_results BY NAME
SELECT
  report, '' AS part, f.policy, f.resource, 'pass' AS outcome, l.severity, l.enforcement,
  k.attributes::VARCHAR AS owner, '' AS title, '' AS message, '' AS location, '' AS url, '' AS original_severity,
  NULL::TIMESTAMP AS first_seen_at, e.ended_at AS ended_at
FROM judged_scopes AS j
JOIN (
  SELECT scope, engine, finding, min(severity) AS severity, min(enforcement) AS enforcement, min(owner_key) AS owner_key
  FROM finding_listings SEMI JOIN scopes_now USING (scope)
  GROUP BY ALL
) AS l USING (scope, engine)
JOIN findings AS f USING (finding)
LEFT JOIN owner_keys AS k ON k.owner_key = l.owner_key
LEFT JOIN (
  SELECT r.scope, e.class AS engine, e.vulnerability, concat(r.subject, '|', e.package) AS resource,
    max(e.ended_at) AS ended_at
  FROM ended_now AS e JOIN runs_scanned AS r ON r.scanned = e.artifact
  GROUP BY ALL
) AS e ON e.scope = j.scope AND e.engine = j.engine AND e.vulnerability = f.policy AND e.resource = f.resource
ANTI JOIN (SELECT DISTINCT report, policy, resource FROM told_results) AS t
  ON t.report = j.report AND t.policy = f.policy AND t.resource = f.resource
WHERE j.running > 0 AND j.incomplete = 0;

-- What an alert's API says was there and is no more, and nobody told of while it was.
INSERT INTO told_results BY NAME
SELECT
  j.report, '' AS part, e.vulnerability AS policy, concat(r.subject, '|', e.package) AS resource, 'pass' AS outcome,
  min(e.severity) AS severity, 'audit' AS enforcement, min(k.attributes::VARCHAR) AS owner, max(e.title) AS title,
  '' AS message, max(e.location) AS location, max(e.url) AS url, max(e.original_severity) AS original_severity,
  greatest(min(e.first_seen_at), max(r.since)) AS first_seen_at, max(e.ended_at) AS ended_at
FROM ended_now AS e
JOIN runs_scanned AS r ON r.scanned = e.artifact
JOIN judged_scopes AS j ON j.scope = r.scope AND j.engine = e.class
LEFT JOIN owner_keys AS k ON k.owner_key = r.owner_key
ANTI JOIN (SELECT DISTINCT report, policy, resource FROM told_results) AS t
  ON t.report = j.report AND t.policy = e.vulnerability AND t.resource = concat(r.subject, '|', e.package)
GROUP BY ALL;

CREATE OR REPLACE TEMP TABLE fixes_told AS
SELECT
  engine, scope, policy, resource,
  CASE WHEN bool_or(fix = 'fixed') THEN true WHEN bool_or(fix <> 'unknown') THEN false END AS has_fix,
  coalesce(max(array_to_string(fixed_versions, ', ')) FILTER (fix = 'fixed'), '') AS fixed_version, evaluated_at
FROM told_results JOIN judged_scopes USING (report)
WHERE outcome <> 'pass' AND engine = 'vulnerability'
GROUP BY ALL;

CREATE OR REPLACE TEMP TABLE told_reports AS
SELECT
  report, 0::BIGINT AS round, engine, scope, evaluated_at,
  CASE WHEN running > 0 AND incomplete > 0 THEN 'partial' ELSE 'complete' END AS completeness,
  CASE WHEN unscanned > 0 THEN 'not_scanned' WHEN incomplete > 0 THEN 'partial_scan' ELSE '' END AS reason,
  true AS is_whole, 0::BIGINT AS parts, unscanned > 0 AS lists_policies,
  (SELECT count(*) FROM told_results AS t WHERE t.report = j.report AND outcome <> 'pass') AS listed,
  CASE WHEN fresh_until < TIMESTAMP '9999-01-01' THEN date_diff('second', evaluated_at, fresh_until) END
    AS stale_seconds,
  md5(concat(getvariable('heard_call'), getvariable('heard_round'), scope, engine)) AS digest,
  coalesce(k.attributes::VARCHAR, (SELECT any_value(kk.attributes::VARCHAR) FROM finding_reports AS fr
    JOIN owner_keys AS kk USING (owner_key) WHERE fr.scope = j.scope AND fr.engine = j.engine), '{}') AS owner
FROM judged_scopes AS j
LEFT JOIN owner_keys AS k USING (owner_key);

-- Reasons, approvers and ends of what is excepted.
CREATE OR REPLACE TEMP TABLE told_lists AS
SELECT
  report AS list, 0::BIGINT AS round, 'exceptions' AS kind, engine, scope, '' AS prefix, evaluated_at AS read_at
FROM judged_scopes;

CREATE OR REPLACE TEMP TABLE told_exceptions AS
SELECT
  report AS list, concat(t.exception, '|', split_part(resource, '|', 2)) AS exception, policy, resource,
  coalesce(nullif(e.reason, ''), nullif(v.justification, ''), nullif(v.statement, ''), v.status, '') AS reason,
  coalesce(e.approved_by, v.author, '') AS approved_by, coalesce(e.created_at, v.occurred_at) AS created_at,
  e.expires_at, true AS is_applied, owner, url
FROM told_results AS t
LEFT JOIN scan_exceptions AS e ON e.exception = t.exception
LEFT JOIN (
  SELECT DISTINCT ON (id, vulnerability) * FROM vex_statements ORDER BY occurred_at DESC, learned_at DESC
) AS v ON t.exception = 'vex:' || v.id AND v.vulnerability = t.policy
WHERE t.exception IS NOT NULL
UNION ALL
-- One that has expired holds nothing back any more, and is there.
SELECT DISTINCT
  j.report, concat(s.exception, '|', s.package), s.vulnerability, concat(r.subject, '|', s.package), e.reason,
  e.approved_by, e.created_at, e.expires_at, false, k.attributes::VARCHAR, s.url
FROM judged_scopes AS j
JOIN runs_scanned AS r USING (scope)
JOIN current_scans AS c ON c.artifact = r.scanned AND c.class = j.engine
JOIN scan_results AS s ON s.artifact = c.artifact AND s.part = c.part AND s.scanner = c.scanner AND s.class = c.class
JOIN scan_exceptions AS e USING (exception)
LEFT JOIN owner_keys AS k ON k.owner_key = r.owner_key
WHERE e.expires_at <= j.evaluated_at;

ALTER TABLE told_results DROP COLUMN fix;
ALTER TABLE told_results DROP COLUMN fixed_versions;
ALTER TABLE told_results DROP COLUMN exception;

CREATE OR REPLACE TEMP TABLE told_parts (report BIGINT, part VARCHAR);
CREATE OR REPLACE TEMP TABLE told_evaluated (report BIGINT, policy VARCHAR);
CREATE OR REPLACE TEMP TABLE told_totals (report BIGINT, part VARCHAR, policy VARCHAR, violations BIGINT);
CREATE OR REPLACE TEMP TABLE told_counts (
  report BIGINT, part VARCHAR, policy VARCHAR, outcome VARCHAR, severity VARCHAR, enforcement VARCHAR, owner VARCHAR,
  results BIGINT
);
CREATE OR REPLACE TEMP TABLE told_policies (
  list BIGINT, policy VARCHAR, title VARCHAR, enforcement VARCHAR, severity VARCHAR
);
