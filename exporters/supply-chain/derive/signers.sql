-- Contents whose verified signature is new, and that none has signed who signed the content before of their image.
INSERT INTO signer_changes BY NAME
WITH verified AS MATERIALIZED (
  SELECT artifact, identity, occurred_at, learned_at
  FROM (
    FROM attestations
    WHERE claim = 'signature' OR predicate_type = 'https://sigstore.dev/cosign/sign/v1'
    QUALIFY row_number() OVER (PARTITION BY artifact, id ORDER BY occurred_at DESC, learned_at DESC) = 1
  )
  WHERE holds AND standing = 'verified' AND identity <> ''
),
signed AS MATERIALIZED (
  SELECT
    i.name, artifact, list_sort(list(DISTINCT identity)) AS identities, min(occurred_at) AS signed_at,
    max(learned_at) AS learned_at
  FROM verified
  JOIN (SELECT artifact, any_value(name) AS name FROM artifacts WHERE kind = 'image' GROUP BY artifact) AS i
    USING (artifact)
  GROUP BY ALL
),
followed AS MATERIALIZED (
  SELECT *, lag(identities) OVER (PARTITION BY name ORDER BY signed_at, artifact) AS before FROM signed
),
runners AS MATERIALIZED (
  SELECT artifact, owner_key
  FROM running_images
  SEMI JOIN followed USING (artifact)
  QUALIFY row_number() OVER (PARTITION BY artifact ORDER BY occurred_at DESC, learned_at DESC, place, workload) = 1
),
tellers AS MATERIALIZED (
  SELECT artifact, arg_max(owner_key, learned_at) AS owner_key FROM artifacts GROUP BY artifact
)
SELECT
  f.name, f.artifact, f.before, f.identities, coalesce(o.team, 'unowned') AS team,
  coalesce(o.service, 'unassigned') AS service, coalesce(o.environment, 'unassigned') AS environment,
  least(f.signed_at, getvariable('derived_at')) AS occurred_at, getvariable('derived_at') AS learned_at
FROM followed AS f
LEFT JOIN runners AS r USING (artifact)
LEFT JOIN tellers AS t USING (artifact)
LEFT JOIN owners AS o
  ON o.owner_key = coalesce(r.owner_key, t.owner_key)
  AND o.valid_from <= getvariable('derived_at')::DATE AND getvariable('derived_at')::DATE < o.valid_to
WHERE f.learned_at >= getvariable('derived_through') AND NOT list_has_any(f.before, f.identities)
  AND NOT EXISTS (FROM signer_changes AS known WHERE known.artifact = f.artifact);
