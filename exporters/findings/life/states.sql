-- The states of the findings that this round told of, and the episodes that began or ended with them.
INSERT INTO rounds_states BY NAME
WITH states_before AS MATERIALIZED (
  SELECT * FROM finding_states SEMI JOIN affected USING (finding, scope)
  QUALIFY row_number() OVER (PARTITION BY finding, scope ORDER BY occurred_at DESC, learned_at DESC) = 1
),
ranked AS (
  SELECT
    *,
    CASE
      WHEN outcome = 'fail' THEN 1 WHEN outcome = 'excepted' THEN 2 WHEN reason = 'error' THEN 3
      WHEN reason = 'skipped' THEN 5 ELSE 4
    END AS rank,
    CASE severity
      WHEN 'critical' THEN 1 WHEN 'high' THEN 2 WHEN 'medium' THEN 3 WHEN 'low' THEN 4 WHEN 'info' THEN 5 ELSE 6
    END AS severity_rank
  FROM finding_listings SEMI JOIN affected USING (finding, scope)
),
holding AS (
  SELECT * FROM ranked
  QUALIFY row_number() OVER (PARTITION BY finding, scope ORDER BY rank, severity_rank, part, enforcement) = 1
),
begun AS (
  SELECT finding, scope, min(least(coalesce(first_seen_at, evaluated_at), evaluated_at)) AS begun_at
  FROM told_here
  WHERE outcome IN ('fail', 'excepted')
  GROUP BY ALL
),
-- Where the engine itself knows since when it is no more.
ended AS (
  SELECT finding, scope, max(ended_at) AS ended_at FROM told_here WHERE outcome = 'pass' AND ended_at IS NOT NULL
  GROUP BY ALL
),
judged AS (
  SELECT
    a.finding, a.engine, a.policy, a.scope, coalesce(h.part, b.part) AS part,
    CASE h.outcome WHEN 'fail' THEN 'open' ELSE coalesce(h.outcome, 'resolved') END AS state,
    CASE WHEN h.finding IS NOT NULL THEN h.reason WHEN a.passes THEN 'fixed' ELSE 'gone' END AS reason,
    coalesce(h.severity, b.severity) AS severity, coalesce(h.enforcement, b.enforcement) AS enforcement,
    coalesce(h.owner_key, b.owner_key) AS owner_key,
    b.finding IS NULL AS is_new, coalesce(b.state, 'resolved') = 'resolved' AS was_resolved,
    (b.state, b.reason, b.part, b.severity, b.enforcement, b.owner_key) AS before,
    b.opened_at, b.first_seen_at, b.last_seen_at, coalesce(b.episode, 0) AS episode,
    greatest(
      CASE WHEN h.finding IS NULL THEN least(a.evaluated_at, ended.ended_at) ELSE a.evaluated_at END, b.occurred_at
    ) AS changed_at, b.occurred_at AS changed_before,
    -- A new finding may be older than this look; one that is back is not older than its absence.
    greatest(least(coalesce(begun.begun_at, a.evaluated_at), a.evaluated_at), b.occurred_at) AS begun_at,
    coalesce(a.looked_before, b.occurred_at) AS looked_before
  FROM affected AS a
  LEFT JOIN holding AS h USING (finding, scope)
  LEFT JOIN states_before AS b USING (finding, scope)
  LEFT JOIN begun USING (finding, scope)
  LEFT JOIN ended USING (finding, scope)
),
turned AS (
  SELECT
    *, state = 'open' AND (was_resolved OR opened_at IS NULL) AS opens,
    state = 'resolved' AND NOT was_resolved AND opened_at IS NOT NULL AS closes,
    CASE WHEN was_resolved THEN begun_at ELSE changed_at END AS occurred_at
  FROM judged
  WHERE before IS DISTINCT FROM (state, reason, part, severity, enforcement, owner_key)
    AND NOT (is_new AND state IN ('resolved', 'unknown'))
    AND NOT (was_resolved AND state = 'resolved')
)
SELECT
  getvariable('told_round') AS round, finding, engine, policy, scope, part, state, reason, severity, enforcement,
  owner_key,
  CASE WHEN opens THEN occurred_at WHEN was_resolved AND state = 'excepted' THEN NULL ELSE opened_at END AS opened_at,
  coalesce(first_seen_at, occurred_at) AS first_seen_at,
  CASE WHEN state IN ('unknown', 'resolved') THEN coalesce(last_seen_at, looked_before) END AS last_seen_at,
  (episode + opens::INTEGER)::INTEGER AS episode, opens, closes, occurred_at, getvariable('told_now') AS learned_at
FROM turned;

-- Of two rows of one time, learned at one time, the last is the one that anyone saw.
DELETE FROM finding_states AS s
USING states_now AS n
WHERE s.finding = n.finding AND s.scope = n.scope AND s.occurred_at = n.occurred_at AND s.learned_at = n.learned_at;
INSERT INTO finding_states BY NAME SELECT * EXCLUDE (opens, closes) FROM states_now;

INSERT INTO finding_events BY NAME
SELECT
  finding, engine, policy, scope,
  CASE WHEN closes THEN 'resolved' WHEN episode = 1 THEN 'opened' ELSE 'reopened' END AS event,
  CASE WHEN closes THEN reason ELSE '' END AS reason, severity, enforcement, owner_key,
  CASE WHEN closes THEN date_diff('second', opened_at, occurred_at) END AS seconds, occurred_at, learned_at
FROM states_now
WHERE opens OR closes;
