-- Says of states that others have taken the place of from when on. A newer row is also newer than all that are older, so
-- that no row outlasts one that came after it.
CREATE OR REPLACE TEMP TABLE states_superseded AS
WITH changed AS (
  SELECT DISTINCT finding, scope
  FROM finding_states
  WHERE learned_at >= coalesce((SELECT max(through) FROM finding_states_settled), TIMESTAMP '0001-01-01')
)
SELECT *
FROM (
  SELECT
    finding, scope, occurred_at, learned_at, superseded_at AS before,
    min(greatest(occurred_at, learned_at)) OVER (
      PARTITION BY finding, scope
      ORDER BY occurred_at, learned_at ROWS BETWEEN 1 FOLLOWING AND UNBOUNDED FOLLOWING
    ) AS superseded_at
  FROM finding_states
  SEMI JOIN changed USING (finding, scope)
)
WHERE superseded_at IS DISTINCT FROM before;

UPDATE finding_states AS s
SET superseded_at = n.superseded_at
FROM states_superseded AS n
WHERE s.finding = n.finding AND s.scope = n.scope AND s.occurred_at = n.occurred_at AND s.learned_at = n.learned_at;

DELETE FROM finding_states_settled;
INSERT INTO finding_states_settled SELECT max(learned_at) FROM finding_states;
DROP TABLE states_superseded;
