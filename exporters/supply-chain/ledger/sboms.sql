-- Bills of materials that are new, and those of them that are the newest of their artifact.
CREATE OR REPLACE TEMP TABLE fresh_sboms AS
FROM heard_sboms ANTI JOIN artifact_sboms USING (artifact, digest)
QUALIFY row_number() OVER (PARTITION BY artifact, digest ORDER BY sbom) = 1;

INSERT INTO artifact_sboms BY NAME
SELECT
  * EXCLUDE (sbom, owner), getvariable('heard_source') AS source, (md5_number(owner) // 2)::HUGEINT AS owner_key,
  getvariable('heard_now') AS learned_at
FROM fresh_sboms;

CREATE OR REPLACE TEMP TABLE newest_sboms AS
SELECT sbom, artifact
FROM fresh_sboms AS f
JOIN (
  SELECT artifact, max((occurred_at, digest)) AS look FROM artifact_sboms SEMI JOIN fresh_sboms USING (artifact)
  GROUP BY ALL
) USING (artifact)
WHERE look = (f.occurred_at, f.digest);

INSERT INTO touched_artifacts
SELECT artifact, max(occurred_at) FROM fresh_sboms WHERE getvariable('heard_runs_unknown') GROUP BY ALL;
