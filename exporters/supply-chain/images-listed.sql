-- What runs now, each content once for a team, service and environment, with all that is known of it.
names_of_running AS (
  SELECT artifact, min(name) AS image, string_agg(DISTINCT nullif(tag, ''), ', ' ORDER BY nullif(tag, '')) AS tags
  FROM running_told
  GROUP BY artifact
),
-- By whom, of signatures that were checked.
signers AS (
  SELECT artifact, string_agg(DISTINCT identity, ', ' ORDER BY identity) AS signers
  FROM attestation_spans
  CROSS JOIN (SELECT max(ts) AS ts FROM instants) AS i
  WHERE
    standing = 'verified' AND i.ts >= from_at AND i.ts < until_at
    AND (claim = 'signature' OR predicate_type = 'https://sigstore.dev/cosign/sign/v1')
  GROUP BY artifact
),
-- Of an image, whatever content of it changed the signer: that one may have been replaced since.
changes AS (
  SELECT name, environment, max(occurred_at) AS signer_changed_at FROM signer_changes_known GROUP BY name, environment
),
listed AS (
  SELECT
    r.team, r.service, r.environment, r.artifact, n.image, coalesce(n.tags, '') AS tags,
    coalesce(s.status, 'never') AS scan, s.scanned_at,
    CASE WHEN o.is_past THEN 'end_of_life' WHEN NOT o.is_past THEN 'supported' ELSE 'unknown' END AS base,
    coalesce(b.status, 'missing') AS sbom, b.made_at AS sbom_created_at,
    coalesce(array_to_string(b.gaps, ', '), '') AS sbom_gaps,
    r.signature, coalesce(g.signers, '') AS signers, c.signer_changed_at, r.provenance, r.level::VARCHAR AS slsa_level,
    coalesce(v.verdict, 'unknown') AS verdict, coalesce(v.rule, '') AS rule,
    CASE WHEN w.artifact IS NULL THEN 'no' ELSE 'yes' END AS newly_blocked
  FROM signed_at AS r
  JOIN names_of_running AS n USING (artifact)
  LEFT JOIN image_scans_at AS s ON s.ts = r.ts AND s.artifact = r.artifact
  LEFT JOIN bases_at AS o ON o.ts = r.ts AND o.artifact = r.artifact
  LEFT JOIN sboms_at AS b ON b.ts = r.ts AND b.artifact = r.artifact
  LEFT JOIN signers AS g ON g.artifact = r.artifact
  LEFT JOIN changes AS c ON c.name = n.image AND c.environment = r.environment
  LEFT JOIN verdicts_at AS v
    ON v.ts = r.ts AND v.artifact = r.artifact AND v.team = r.team AND v.environment = r.environment
  LEFT JOIN (SELECT DISTINCT ts, artifact, environment FROM newly_blocked_at) AS w
    ON w.ts = r.ts AND w.artifact = r.artifact AND w.environment = r.environment
),
wanted AS (
  SELECT *
  FROM listed
  WHERE ($own IS NULL OR team IN ($own, 'unowned'))
    AND ($teams IS NULL OR list_contains(from_json($teams, '["VARCHAR"]'), team))
    AND ($services IS NULL OR list_contains(from_json($services, '["VARCHAR"]'), service))
    AND ($environments IS NULL OR list_contains(from_json($environments, '["VARCHAR"]'), environment))
    AND ($images IS NULL OR list_contains(from_json($images, '["VARCHAR"]'), image))
    AND ($scans IS NULL OR list_contains(from_json($scans, '["VARCHAR"]'), scan))
    AND ($bases IS NULL OR list_contains(from_json($bases, '["VARCHAR"]'), base))
    AND ($sboms IS NULL OR list_contains(from_json($sboms, '["VARCHAR"]'), sbom))
    AND ($signatures IS NULL OR list_contains(from_json($signatures, '["VARCHAR"]'), signature))
    AND ($provenances IS NULL OR list_contains(from_json($provenances, '["VARCHAR"]'), provenance))
    AND ($verdicts IS NULL OR list_contains(from_json($verdicts, '["VARCHAR"]'), verdict))
    AND ($rules IS NULL OR list_contains(from_json($rules, '["VARCHAR"]'), rule))
    AND ($newly IS NULL OR list_contains(from_json($newly, '["VARCHAR"]'), newly_blocked))
    AND (
      $signer_changed_days IS NULL
      OR signer_changed_at > $now::TIMESTAMP - to_seconds($signer_changed_days::DOUBLE * 86400)
    )
)
