-- A whole list of known exploited vulnerabilities: a row where it differs from what the newest known one told.
CREATE OR REPLACE TEMP TABLE kev_new AS
WITH is_newest AS (
  SELECT NOT EXISTS (FROM finding_looks WHERE kind = 'kev' AND looked_at >= getvariable('heard_at')) AS yes
),
before AS (
  SELECT * FROM kev_entries
  QUALIFY row_number() OVER (PARTITION BY vulnerability ORDER BY occurred_at DESC, learned_at DESC) = 1
),
now AS (
  SELECT DISTINCT ON (vulnerability) * FROM heard_kev ORDER BY vulnerability, added_on, due_on
)
SELECT
  vulnerability, n.due_on, n.is_ransomware, true AS holds,
  CASE WHEN b.vulnerability IS NULL THEN n.added_on ELSE greatest(getvariable('heard_at'), b.occurred_at) END
    AS occurred_at
FROM now AS n
LEFT JOIN before AS b USING (vulnerability)
WHERE (SELECT yes FROM is_newest)
  AND (n.due_on, n.is_ransomware, true) IS DISTINCT FROM (b.due_on, b.is_ransomware, b.holds)
UNION ALL
SELECT vulnerability, due_on, is_ransomware, false, greatest(getvariable('heard_at'), occurred_at)
FROM before
ANTI JOIN now USING (vulnerability)
WHERE holds AND (SELECT yes FROM is_newest);

DELETE FROM kev_entries AS k
USING kev_new AS n
WHERE k.vulnerability = n.vulnerability AND k.occurred_at = n.occurred_at AND k.learned_at = getvariable('heard_now');
INSERT INTO kev_entries BY NAME SELECT *, getvariable('heard_now') AS learned_at FROM kev_new;

INSERT INTO finding_looks BY NAME
SELECT 'kev' AS kind, '' AS engine, '' AS scope, '' AS part, getvariable('heard_at') AS looked_at
WHERE NOT EXISTS (FROM finding_looks WHERE kind = 'kev' AND looked_at >= getvariable('heard_at'));
DELETE FROM finding_looks WHERE kind = 'kev' AND looked_at < getvariable('heard_at');
