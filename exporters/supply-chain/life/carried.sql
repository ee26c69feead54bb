-- Findings of images that were scanned before anything told where they run: in the places that are told now they go on with
-- the life that they have had. What the place says of them is told by the reports that are staged. Where the image ran
-- nowhere in between, they are reopened, and were seen as long ago.
CREATE OR REPLACE TEMP TABLE carried_now AS
WITH placed AS (SELECT DISTINCT place FROM running_looks),
-- Few, and none where what runs was told from the beginning.
unplaced_names AS (
  SELECT DISTINCT regexp_extract(scope, '^image:([^@]*)', 1) AS name
  FROM finding_looks
  WHERE kind = 'report' AND scope LIKE 'image:%' AND regexp_extract(scope, '@(.*)$', 1) NOT IN (FROM placed)
),
told AS (
  SELECT DISTINCT
    (md5_number(concat(length(j.engine), ':', j.engine, length(t.policy), ':', t.policy, t.resource)) // 2)::HUGEINT
      AS finding,
    j.engine, j.scope, regexp_extract(j.scope, '^image:([^@]*)', 1) AS name, j.evaluated_at
  FROM told_results AS t
  JOIN judged_scopes AS j USING (report)
  WHERE t.outcome <> 'pass' AND j.scope LIKE 'image:%@%'
    AND regexp_extract(j.scope, '@(.*)$', 1) IN (FROM placed)
    AND regexp_extract(j.scope, '^image:([^@]*)', 1) IN (FROM unplaced_names)
),
fresh AS (FROM told ANTI JOIN finding_states USING (finding, scope)),
unplaced AS (
  SELECT
    s.*, regexp_extract(s.scope, '^image:([^@]*)', 1) AS name
  FROM finding_states AS s
  SEMI JOIN fresh USING (finding)
  WHERE s.scope LIKE 'image:%' AND regexp_extract(s.scope, '@(.*)$', 1) NOT IN (FROM placed)
  QUALIFY row_number() OVER (PARTITION BY s.finding, s.scope ORDER BY s.occurred_at DESC, s.learned_at DESC) = 1
)
SELECT
  f.finding, f.engine, f.scope, f.evaluated_at, u.scope AS before_scope, u.* EXCLUDE (finding, engine, scope, name)
FROM fresh AS f
JOIN unplaced AS u USING (finding, name)
WHERE u.state <> 'resolved' OR u.reason = 'gone';

INSERT INTO finding_states BY NAME
SELECT
  finding, engine, policy, scope, part, state, reason, severity, enforcement, owner_key, opened_at, first_seen_at,
  last_seen_at, episode, greatest(evaluated_at, occurred_at) AS occurred_at, getvariable('heard_now') AS learned_at
FROM carried_now
QUALIFY row_number() OVER (
  PARTITION BY finding, scope
  ORDER BY state = 'resolved', opened_at IS NULL, opened_at, first_seen_at, before_scope
) = 1;

-- There they end without a word: nothing was remedied.
INSERT INTO finding_states BY NAME
SELECT
  finding, engine, policy, before_scope AS scope, part, 'resolved' AS state, 'moved' AS reason, severity, enforcement,
  owner_key, opened_at, first_seen_at, coalesce(last_seen_at, occurred_at) AS last_seen_at, episode,
  greatest(max(evaluated_at) OVER (PARTITION BY finding, before_scope), occurred_at) AS occurred_at,
  getvariable('heard_now') AS learned_at
FROM carried_now
WHERE state <> 'resolved'
QUALIFY row_number() OVER (PARTITION BY finding, before_scope ORDER BY scope) = 1;

DELETE FROM finding_listings AS l
USING carried_now AS c
WHERE l.finding = c.finding AND l.scope = c.before_scope AND c.state <> 'resolved';

-- Reports of the scopes that they left tell of them no more.
DELETE FROM told_results AS t
USING judged_scopes AS j, carried_now AS c
WHERE t.report = j.report AND t.outcome = 'pass' AND j.scope = c.before_scope AND j.engine = c.engine
  AND c.state <> 'resolved'
  AND c.finding =
    (md5_number(concat(length(j.engine), ':', j.engine, length(t.policy), ':', t.policy, t.resource)) // 2)::HUGEINT;
