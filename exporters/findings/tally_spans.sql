-- How many results of each outcome a scope's part has, cut where their owner changes: engine, scope, part, policy,
-- outcome (fail, pass, excepted, skip, error), severity, enforcement, team, service, environment, results, from_at,
-- until_at. Those that are 0 are left out.
tally_known_spans AS (
  SELECT *
  FROM (
    SELECT *, effective_at AS from_at, coalesce(min(effective_at) OVER newer, TIMESTAMP '9999-12-31') AS until_at
    FROM finding_tallies_known
    WHERE effective_at <= (SELECT max(ts) FROM instants)
    WINDOW newer AS (
      PARTITION BY engine, scope, part, policy, outcome, severity, enforcement, owner_key
      ORDER BY occurred_at, learned_at ROWS BETWEEN 1 FOLLOWING AND UNBOUNDED FOLLOWING
    )
  )
  WHERE from_at < until_at AND until_at > (SELECT min(ts) FROM instants) AND results > 0
),
tally_spans AS (
  SELECT
    engine, scope, part, policy, outcome, severity, enforcement, team, service, environment, results,
    greatest(from_at, valid_from) AS from_at, least(until_at, valid_to) AS until_at
  FROM tally_known_spans
  JOIN owners USING (owner_key)
  WHERE greatest(from_at, valid_from) < least(until_at, valid_to)
)
