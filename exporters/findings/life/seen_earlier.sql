-- What a report tells that is older than what is known, or the engine itself of the time before: that a finding was seen
-- earlier than we knew. It changes nothing else.
INSERT INTO rounds_earlier BY NAME
WITH late AS (
  SELECT report, part FROM rounds_covered WHERE round = getvariable('told_round') AND is_late
),
told_earlier AS (
  SELECT *, least(evaluated_at, coalesce(first_seen_at, evaluated_at)) AS seen_at
  FROM (
    FROM round_results SEMI JOIN late USING (report, part)
    UNION ALL
    FROM told_here WHERE first_seen_at < evaluated_at
  )
  WHERE outcome IN ('fail', 'excepted')
  QUALIFY row_number() OVER (PARTITION BY finding, scope ORDER BY seen_at, rank, severity_rank, part) = 1
),
newest AS (
  SELECT * FROM finding_states SEMI JOIN told_earlier USING (finding, scope)
  QUALIFY row_number() OVER (PARTITION BY finding, scope ORDER BY occurred_at DESC, learned_at DESC) = 1
),
earlier AS (
  SELECT
    n.*, e.seen_at, e.part AS seen_part, e.outcome = 'fail' AS was_open, e.severity AS seen_severity,
    e.enforcement AS seen_enforcement, e.owner_key AS seen_owner
  FROM newest AS n
  JOIN told_earlier AS e USING (finding, scope)
  WHERE e.seen_at < n.first_seen_at
)
SELECT
  getvariable('told_round') AS round, finding, engine, policy, scope, seen_part AS part,
  CASE WHEN was_open THEN 'open' ELSE 'excepted' END AS state, '' AS reason, seen_severity AS severity,
  seen_enforcement AS enforcement, seen_owner AS owner_key, CASE WHEN was_open THEN seen_at END AS opened_at,
  seen_at AS first_seen_at, NULL::TIMESTAMP AS last_seen_at, was_open::INTEGER AS episode, seen_at AS occurred_at,
  getvariable('told_now') AS learned_at
FROM earlier
UNION ALL
SELECT
  getvariable('told_round'), finding, engine, policy, scope, part, state, reason, severity, enforcement, owner_key,
  CASE WHEN episode = 1 AND was_open AND opened_at IS NOT NULL THEN seen_at ELSE opened_at END, seen_at,
  last_seen_at, episode, occurred_at, getvariable('told_now')
FROM earlier;

DELETE FROM finding_states AS s
USING states_earlier AS n
WHERE s.finding = n.finding AND s.scope = n.scope AND s.occurred_at = n.occurred_at AND s.learned_at = n.learned_at;
INSERT INTO finding_states BY NAME FROM states_earlier;
