-- Looks where outcome or reason differ from the one before, and one a day at least; what is told of attestations where it
-- differs, and that one is gone where all there are were looked at, and a signature where a search for signatures found none. A look that is older than another changes nothing that
-- the newer one told.
CREATE OR REPLACE TEMP TABLE attested AS
WITH current_looks AS (
  SELECT artifact, max(occurred_at) AS looked_at FROM signature_looks SEMI JOIN heard_looks USING (artifact)
  WHERE source = getvariable('heard_source') AND outcome <> 'unknown'
  GROUP BY ALL
),
told AS (
  SELECT l.artifact, a.* EXCLUDE (look), l.occurred_at
  FROM heard_attestations AS a
  JOIN heard_looks AS l USING (look)
  LEFT JOIN current_looks AS c ON c.artifact = l.artifact
  WHERE c.looked_at IS NULL OR c.looked_at <= l.occurred_at OR NOT EXISTS (
    FROM attestations AS k WHERE k.artifact = l.artifact AND k.id = a.id
  )
  QUALIFY row_number() OVER (
    PARTITION BY l.artifact, a.id, l.occurred_at ORDER BY standing = 'verified' DESC, standing, level DESC, a.reason, look
  ) = 1
),
known AS (
  SELECT a.artifact, id, claim, predicate_type, standing, reason, identity, issuer, builder, build_type, source_uri,
    slsa, level, level_reason, signed_at, occurred_at, holds, false AS is_new, source
  FROM attestations AS a SEMI JOIN heard_looks USING (artifact)
),
-- What those that looked at all there are, or for any signature, did not see, by the same source.
missing AS (
  SELECT k.* REPLACE (l.occurred_at AS occurred_at, false AS holds, true AS is_new)
  FROM (SELECT DISTINCT ON (artifact, id, source) * FROM (
      SELECT artifact, id, claim, predicate_type, standing, reason, identity, issuer, builder, build_type, source_uri,
        slsa, level, level_reason, signed_at, occurred_at, holds, is_new, source FROM known
      UNION ALL
      SELECT artifact, id, claim, predicate_type, standing, reason, identity, issuer, builder, build_type, source_uri,
        slsa, level, level_reason, signed_at, occurred_at, true, true, getvariable('heard_source') FROM told
    ) ORDER BY occurred_at) AS k
  JOIN heard_looks AS l ON l.artifact = k.artifact AND l.occurred_at > k.occurred_at AND (
      (l.seen = 'all' AND l.outcome <> 'unknown')
      OR (l.seen = 'some' AND l.outcome = 'none' AND (
          k.claim = 'signature' OR k.predicate_type = 'https://sigstore.dev/cosign/sign/v1'
        ))
    )
  ANTI JOIN told AS t ON t.artifact = k.artifact AND t.id = k.id AND t.occurred_at = l.occurred_at
  LEFT JOIN current_looks AS c ON c.artifact = k.artifact
  WHERE k.source = getvariable('heard_source') AND (c.looked_at IS NULL OR c.looked_at <= l.occurred_at)
),
all_rows AS (
  FROM known
  UNION ALL
  SELECT *, true AS holds, true AS is_new, getvariable('heard_source') AS source FROM told
  UNION ALL
  FROM missing
)
SELECT * EXCLUDE (is_new, source)
FROM all_rows
QUALIFY is_new AND (standing, reason, identity, level, level_reason, holds) IS DISTINCT FROM (
  lag((standing, reason, identity, level, level_reason, holds)) OVER (
    PARTITION BY artifact, id ORDER BY occurred_at, is_new, holds DESC
  )
);

INSERT INTO attestations BY NAME
SELECT *, getvariable('heard_source') AS source, getvariable('heard_now') AS learned_at FROM attested;

INSERT INTO signature_looks BY NAME
WITH looks AS (
  SELECT artifact, source, seen, outcome, reason, occurred_at, false AS is_new
  FROM signature_looks SEMI JOIN heard_looks USING (artifact)
  WHERE source = getvariable('heard_source')
  UNION ALL
  SELECT DISTINCT artifact, getvariable('heard_source'), seen, outcome, reason, occurred_at, true FROM heard_looks
)
SELECT
  * EXCLUDE (is_new), getvariable('heard_stale_seconds') AS stale_seconds, getvariable('heard_now') AS learned_at
FROM looks
WINDOW w AS (PARTITION BY artifact ORDER BY occurred_at, is_new, outcome, reason, seen)
QUALIFY is_new AND coalesce(
  (outcome, reason, seen) <> lag((outcome, reason, seen)) OVER w
  OR date_diff('second', lag(occurred_at) OVER w, occurred_at)
    >= least(86400, coalesce(getvariable('heard_stale_seconds') // 8, 86400)),
  true
);
