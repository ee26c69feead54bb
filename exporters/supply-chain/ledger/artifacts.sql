-- Artifacts and digests that are new, and what is known better of those that are not.
CREATE OR REPLACE TEMP TABLE named_artifacts AS
SELECT
  artifact, min_by(kind, first_at) AS kind, min_by(name, (first_at, name)) AS name,
  coalesce(max_by(tag, (first_at, tag)) FILTER (tag <> ''), '') AS tag,
  coalesce(min_by(owner, (first_at, owner)) FILTER (owner <> '{}'), '{}') AS owner, min(first_at) AS first_at
FROM heard_artifacts
GROUP BY artifact;

UPDATE artifacts AS a
SET first_at = least(a.first_at, n.first_at), tag = CASE a.tag WHEN '' THEN n.tag ELSE a.tag END
FROM named_artifacts AS n
WHERE a.artifact = n.artifact AND (n.first_at < a.first_at OR (a.tag = '' AND n.tag <> ''));
INSERT INTO artifacts BY NAME
SELECT
  artifact, kind, name, tag, (md5_number(owner) // 2)::HUGEINT AS owner_key, first_at,
  getvariable('heard_now') AS learned_at
FROM named_artifacts
ANTI JOIN artifacts USING (artifact);

INSERT INTO artifact_digests BY NAME SELECT digest, artifact FROM heard_digests ANTI JOIN artifact_digests USING (digest);
