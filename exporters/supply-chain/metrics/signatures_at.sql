-- What is known of each artifact's signatures and provenance at each instant. `is_whole`: a registry was asked for all that
-- there is, so that what it does not have is not there. `is_unsigned`: a program that looked for signatures found none; of
-- attestations it says nothing.
attestation_spans AS (
  SELECT *
  FROM (
    SELECT *, effective_at AS from_at, coalesce(min(effective_at) OVER newer, TIMESTAMP '9999-12-31') AS until_at
    FROM attestations_known
    WHERE effective_at <= (SELECT max(ts) FROM instants)
    WINDOW newer AS (
      PARTITION BY artifact, id ORDER BY occurred_at, learned_at ROWS BETWEEN 1 FOLLOWING AND UNBOUNDED FOLLOWING
    )
  )
  WHERE holds AND from_at < until_at AND until_at > (SELECT min(ts) FROM instants)
),
claims_at AS (
  SELECT
    i.ts, artifact,
    min(list_position(['verified', 'failed', 'claimed'], standing)) FILTER (is_signature) AS signature,
    min(list_position(['verified', 'failed', 'claimed'], standing)) FILTER (is_provenance) AS provenance,
    max(level) FILTER (is_provenance AND standing = 'verified') AS level
  FROM (
    SELECT
      *, claim = 'signature' OR predicate_type = 'https://sigstore.dev/cosign/sign/v1' AS is_signature,
      coalesce(slsa, '') <> '' AS is_provenance
    FROM attestation_spans
  ) AS a
  JOIN instants AS i ON i.ts >= a.from_at AND i.ts < a.until_at
  GROUP BY ALL
),
look_steps AS (
  SELECT
    artifact, seen, i.ts AS from_at,
    max({
      'occurred_at': occurred_at, 'learned_at': learned_at, 'outcome': outcome,
      'fresh_until': coalesce(occurred_at + to_seconds(stale_seconds), TIMESTAMP '9999-12-31')
    }) AS look
  FROM signature_looks_known AS l
  ASOF JOIN instants AS i ON l.effective_at <= i.ts
  WHERE seen = 'all' OR outcome = 'none'
  GROUP BY ALL
),
look_states AS (
  SELECT
    artifact, seen, from_at, max(look) OVER so_far AS look,
    lead(from_at, 1, TIMESTAMP '9999-12-31') OVER so_far AS until_at
  FROM look_steps
  WINDOW so_far AS (PARTITION BY artifact, seen ORDER BY from_at)
),
looked_at AS (
  SELECT
    i.ts, artifact,
    coalesce(bool_or(look.outcome <> 'unknown' AND i.ts < look.fresh_until) FILTER (seen = 'all'), false) AS is_whole,
    coalesce(bool_or(i.ts < look.fresh_until) FILTER (seen = 'some'), false) AS is_unsigned
  FROM look_states AS s
  JOIN instants AS i ON i.ts >= s.from_at AND i.ts < s.until_at
  GROUP BY ALL
),
signatures_at AS (
  SELECT
    ts, artifact, coalesce(level, 0) AS level,
    coalesce(
      ['verified', 'failed', 'claimed'][signature], CASE WHEN is_whole OR is_unsigned THEN 'unsigned' ELSE 'unknown' END
    ) AS signature,
    coalesce(
      ['verified', 'failed', 'claimed'][provenance], CASE WHEN is_whole THEN 'missing' ELSE 'unknown' END
    ) AS provenance
  FROM claims_at
  FULL JOIN looked_at USING (ts, artifact)
)
