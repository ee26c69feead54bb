-- What a report tells that is older than what is known, or the engine itself of the time before: that a finding was seen
-- earlier than we knew. It changes nothing else.
CREATE OR REPLACE TEMP TABLE told_earlier AS
SELECT *, least(evaluated_at, coalesce(first_seen_at, evaluated_at)) AS seen_at
FROM (
  FROM round_results SEMI JOIN late USING (report, part)
  UNION ALL
  FROM told_here WHERE first_seen_at < evaluated_at
)
WHERE outcome IN ('fail', 'excepted')
QUALIFY row_number() OVER (PARTITION BY finding, scope ORDER BY seen_at, rank, severity_rank, part) = 1;

CREATE OR REPLACE TEMP TABLE seen_earlier AS
SELECT
  s.*, e.seen_at, e.part AS seen_part, e.outcome AS seen_outcome, e.severity AS seen_severity,
  e.enforcement AS seen_enforcement, e.owner_key AS seen_owner
FROM finding_states AS s
JOIN told_earlier AS e USING (finding, scope)
QUALIFY row_number() OVER (PARTITION BY finding, scope ORDER BY s.occurred_at DESC, s.learned_at DESC) = 1;
DELETE FROM seen_earlier WHERE seen_at >= first_seen_at;

CREATE OR REPLACE TEMP TABLE states_earlier AS
SELECT
  finding, engine, policy, scope, seen_part AS part, CASE seen_outcome WHEN 'fail' THEN 'open' ELSE 'excepted' END AS state,
  '' AS reason, seen_severity AS severity, seen_enforcement AS enforcement, seen_owner AS owner_key,
  CASE seen_outcome WHEN 'fail' THEN seen_at END AS opened_at, seen_at AS first_seen_at, NULL::TIMESTAMP AS last_seen_at,
  CASE seen_outcome WHEN 'fail' THEN 1 ELSE 0 END AS episode, seen_at AS occurred_at
FROM seen_earlier
UNION ALL
SELECT
  finding, engine, policy, scope, part, state, reason, severity, enforcement, owner_key,
  CASE WHEN episode = 1 AND seen_outcome = 'fail' AND opened_at IS NOT NULL THEN seen_at ELSE opened_at END, seen_at,
  last_seen_at, episode, occurred_at
FROM seen_earlier;

DELETE FROM finding_states AS s
USING states_earlier AS n
WHERE s.finding = n.finding AND s.scope = n.scope AND s.occurred_at = n.occurred_at
  AND s.learned_at = (SELECT now FROM told_round);
INSERT INTO finding_states BY NAME SELECT *, (SELECT now FROM told_round) AS learned_at FROM states_earlier;
