-- Episodes that were over before anyone told of them: where an engine keeps what it found and is no more, with its times.
CREATE OR REPLACE TEMP TABLE past_now AS
SELECT
  finding, engine, policy, scope, min(part) AS part, min_by(severity, severity_rank) AS severity,
  min(enforcement) AS enforcement, min(owner_key) AS owner_key, min(first_seen_at) AS opened_at,
  max(ended_at) AS ended_at
FROM told_here
WHERE outcome = 'pass' AND first_seen_at < ended_at AND ended_at <= evaluated_at
GROUP BY ALL;
DELETE FROM past_now AS p
WHERE EXISTS (FROM finding_states AS s WHERE s.finding = p.finding AND s.scope = p.scope);

INSERT INTO finding_states BY NAME
SELECT
  finding, engine, policy, scope, part, 'open' AS state, '' AS reason, severity, enforcement, owner_key, opened_at,
  opened_at AS first_seen_at, NULL::TIMESTAMP AS last_seen_at, 1 AS episode, opened_at AS occurred_at,
  getvariable('told_now') AS learned_at
FROM past_now
UNION ALL
SELECT
  finding, engine, policy, scope, part, 'resolved', 'fixed', severity, enforcement, owner_key, opened_at, opened_at,
  ended_at, 1, ended_at, getvariable('told_now')
FROM past_now;

INSERT INTO finding_events BY NAME
SELECT
  finding, engine, policy, scope, 'opened' AS event, '' AS reason, severity, enforcement, owner_key,
  NULL::BIGINT AS seconds, opened_at AS occurred_at, getvariable('told_now') AS learned_at
FROM past_now
UNION ALL
SELECT
  finding, engine, policy, scope, 'resolved', 'fixed', severity, enforcement, owner_key,
  date_diff('second', opened_at, ended_at), ended_at, getvariable('told_now')
FROM past_now;
