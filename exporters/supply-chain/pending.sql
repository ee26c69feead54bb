-- Artifacts whose newest bill of materials what is derived from components does not know yet.
CREATE OR REPLACE TEMP TABLE pending_components AS
SELECT
  b.artifact, b.newest.digest AS digest, b.newest.occurred_at AS occurred_at, b.newest.owner_key AS owner_key
FROM (
  SELECT
    artifact, max({'occurred_at': occurred_at, 'digest': digest, 'owner_key': owner_key}) AS newest
  FROM artifact_sboms
  GROUP BY artifact
) AS b
LEFT JOIN components_derived AS d ON d.what = getvariable('pending_what') AND d.artifact = b.artifact
WHERE d.digest IS DISTINCT FROM b.newest.digest;
