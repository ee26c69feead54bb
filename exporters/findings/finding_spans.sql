-- The states of findings while they held and were known, cut where their owner changes: finding, engine, policy, scope,
-- part, state (open, excepted, unknown, resolved), reason, severity, enforcement, team, service, environment, opened_at
-- (when this episode was first violated; NULL where it never was, only excepted), first_seen_at (when it was first seen
-- at all), last_seen_at (NULL while it is seen with each look), episode (how often it was opened), from_at, until_at.
-- It holds at `ts` where from_at <= ts < until_at; spans that hold at none of the instants may be missing.
-- Whether the scope's newest look is too old is report_spans' to say. What had been superseded by the first instant is left
-- out before the rest is sorted; an hour is more than a fact counts later than it was learned.
finding_state_spans AS (
  SELECT *
  FROM (
    SELECT * EXCLUDE (superseded_at), effective_at AS from_at, coalesce(min(effective_at) OVER newer, TIMESTAMP '9999-12-31') AS until_at
    FROM finding_states_known
    WHERE effective_at <= (SELECT max(ts) FROM instants)
      AND coalesce(superseded_at > (SELECT min(ts) FROM instants) - INTERVAL 1 HOUR, true)
    WINDOW newer AS (
      PARTITION BY finding, scope
      ORDER BY occurred_at, learned_at ROWS BETWEEN 1 FOLLOWING AND UNBOUNDED FOLLOWING
    )
  )
  WHERE from_at < until_at AND until_at > (SELECT min(ts) FROM instants)
),
finding_spans AS (
  SELECT
    finding, engine, policy, scope, part, state, reason, severity, enforcement, team, service, environment,
    opened_at, first_seen_at, last_seen_at, episode,
    greatest(from_at, valid_from) AS from_at, least(until_at, valid_to) AS until_at
  FROM finding_state_spans
  JOIN owners USING (owner_key)
  WHERE greatest(from_at, valid_from) < least(until_at, valid_to)
)
