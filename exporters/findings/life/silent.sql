-- Parts that nothing has looked at for too long, though others of their scope are looked at: what was found in them is
-- not known any more, from when they were stale on. Parts that a source follows, and tells only changes of, never are.
CREATE OR REPLACE TEMP TABLE silent_parts AS
WITH scopes AS (
  SELECT engine, scope, max(evaluated_at) AS evaluated_at FROM round_reports GROUP BY ALL
),
looks AS (
  SELECT
    engine, scope, part, looked_at,
    coalesce(looked_at + to_seconds(stale_seconds), TIMESTAMP '9999-12-31') AS fresh_until
  FROM finding_looks
  SEMI JOIN scopes USING (engine, scope)
  WHERE kind = 'report'
)
SELECT
  engine, scope, own.part, greatest(own.looked_at, whole.looked_at) AS looked_at,
  greatest(own.fresh_until, whole.fresh_until) AS stale_at
FROM looks AS own
JOIN scopes USING (engine, scope)
LEFT JOIN (FROM looks WHERE part IS NULL) AS whole USING (engine, scope)
ANTI JOIN covered AS c ON c.engine = own.engine AND c.scope = own.scope AND c.part = own.part
WHERE own.part IS NOT NULL AND greatest(own.fresh_until, whole.fresh_until) <= evaluated_at
  AND NOT getvariable('told_follows');

INSERT INTO rounds_affected BY NAME
SELECT
  getvariable('told_round') AS round, finding, engine, policy, scope, max(stale_at) AS evaluated_at,
  max(looked_at) AS looked_before, false AS passes
FROM finding_listings
JOIN silent_parts USING (engine, scope, part)
ANTI JOIN affected USING (finding, scope)
WHERE outcome <> 'unknown'
GROUP BY ALL;

UPDATE finding_listings AS l
SET outcome = 'unknown', reason = 'not_evaluated'
FROM silent_parts AS s
WHERE l.engine = s.engine AND l.scope = s.scope AND l.part = s.part AND l.outcome <> 'unknown';

INSERT INTO finding_tallies BY NAME
SELECT
  * EXCLUDE (looked_at, stale_at)
    REPLACE (0 AS results, greatest(stale_at, occurred_at) AS occurred_at, getvariable('told_now') AS learned_at)
FROM (
  SELECT *
  FROM finding_tallies
  JOIN silent_parts USING (engine, scope, part)
  QUALIFY row_number() OVER (
    PARTITION BY engine, scope, part, policy, outcome, severity, enforcement, owner_key
    ORDER BY occurred_at DESC, learned_at DESC
  ) = 1
)
WHERE results > 0;

INSERT INTO finding_totals BY NAME
SELECT
  engine, scope, part, policy, 0 AS violations, 0 AS listed, greatest(stale_at, occurred_at) AS occurred_at,
  getvariable('told_now') AS learned_at
FROM (
  SELECT *
  FROM finding_totals
  JOIN silent_parts USING (engine, scope, part)
  QUALIFY row_number() OVER (
    PARTITION BY engine, scope, part, policy ORDER BY occurred_at DESC, learned_at DESC
  ) = 1
)
WHERE violations > 0;
