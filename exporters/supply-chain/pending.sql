-- Artifacts whose newest bill of materials what is derived from components does not know yet.
CREATE OR REPLACE TEMP TABLE pending_components AS
SELECT
  b.artifact, b.newest.digest AS digest, b.newest.owner_key AS owner_key,
  -- A digest is one content: what its newest list tells was so since its first.
  CASE WHEN d.artifact IS NULL AND starts_with(b.artifact, 'sha256:') THEN b.first_at ELSE b.newest.occurred_at END
    AS occurred_at
FROM (
  SELECT
    artifact, min(occurred_at) AS first_at,
    max({'occurred_at': occurred_at, 'digest': digest, 'owner_key': owner_key}) AS newest
  FROM artifact_sboms
  GROUP BY artifact
) AS b
LEFT JOIN components_derived AS d ON d.what = getvariable('pending_what') AND d.artifact = b.artifact
WHERE d.digest IS DISTINCT FROM b.newest.digest;
