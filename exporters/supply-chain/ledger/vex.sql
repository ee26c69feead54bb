-- Statements that are new, or that say something else than before.
CREATE OR REPLACE TEMP TABLE fresh_vex AS
SELECT h.* EXCLUDE (owner), (md5_number(owner) // 2)::HUGEINT AS owner_key
FROM heard_vex AS h
WHERE NOT EXISTS (
  FROM vex_statements AS v
  WHERE v.id = h.id AND v.artifact = h.artifact AND v.purl = h.purl AND v.vulnerability = h.vulnerability
    AND v.status = h.status AND v.justification = h.justification AND v.occurred_at = h.occurred_at
)
QUALIFY row_number() OVER (
  PARTITION BY id, artifact, purl, vulnerability, occurred_at ORDER BY status, justification, statement, author
) = 1;

INSERT INTO vex_statements BY NAME
SELECT
  *, getvariable('heard_source') AS source, true AS holds, getvariable('heard_now') AS learned_at
FROM fresh_vex;

-- Findings that they may be of.
INSERT INTO touched_scopes
SELECT DISTINCT scope, v.told_at
FROM finding_listings AS l
JOIN (SELECT vulnerability, max(occurred_at) AS told_at FROM fresh_vex GROUP BY ALL) AS v ON v.vulnerability = l.policy
WHERE engine = 'vulnerability';
