-- Vulnerabilities that turned out to be one: their findings become those of the one that stays, with the life they had.
-- Nothing was opened and nothing resolved by it, so that no event tells of it.
UPDATE vulnerability_aliases AS t SET vulnerability = survivor FROM merged_vulnerabilities AS m WHERE t.vulnerability = m.loser;
DELETE FROM vulnerabilities WHERE vulnerability IN (FROM merged_vulnerabilities SELECT loser);
UPDATE scan_results AS t SET vulnerability = survivor FROM merged_vulnerabilities AS m WHERE t.vulnerability = m.loser;
UPDATE vex_statements AS t SET vulnerability = survivor FROM merged_vulnerabilities AS m WHERE t.vulnerability = m.loser;

CREATE OR REPLACE TEMP TABLE merged_findings AS
SELECT
  f.finding AS loser, m.survivor AS policy, f.resource, f.engine, f.title, f.message, f.location, f.url,
  f.original_severity, f.told_at,
  (md5_number(concat(length(engine), ':', engine, length(survivor), ':', survivor, resource)) // 2)::HUGEINT AS survivor
FROM findings AS f
JOIN merged_vulnerabilities AS m ON f.policy = m.loser AND f.engine = 'vulnerability';

CREATE OR REPLACE TEMP TABLE merged_states AS
WITH newest AS (
  SELECT * FROM finding_states
  WHERE finding IN (FROM merged_findings SELECT loser UNION FROM merged_findings SELECT survivor)
  QUALIFY row_number() OVER (PARTITION BY finding, scope ORDER BY occurred_at DESC, learned_at DESC) = 1
)
SELECT
  m.loser, m.survivor, m.policy AS survivor_policy, l.*, s.finding IS NOT NULL AS is_known, s.state AS own_state,
  s.opened_at AS own_opened_at, s.first_seen_at AS own_first_seen_at, s.episode AS own_episode,
  s.occurred_at AS own_occurred_at
FROM newest AS l
JOIN merged_findings AS m ON l.finding = m.loser
LEFT JOIN newest AS s ON s.finding = m.survivor AND s.scope = l.scope
WHERE l.state <> 'resolved';

-- The finding that stays takes over the worse state and the earlier beginning.
CREATE OR REPLACE TEMP TABLE taken_over AS
SELECT
  survivor AS finding, engine, survivor_policy AS policy, scope, part, state, reason, severity, enforcement, owner_key,
  least(opened_at, CASE WHEN own_state <> 'resolved' THEN own_opened_at END) AS opened_at,
  least(first_seen_at, own_first_seen_at) AS first_seen_at, last_seen_at,
  greatest(episode, own_episode)::INTEGER AS episode,
  greatest(getvariable('heard_merged_at'), occurred_at, own_occurred_at) AS occurred_at
FROM merged_states
WHERE NOT is_known OR own_state IN ('resolved', 'unknown') OR state = 'open'
QUALIFY row_number() OVER (
  PARTITION BY survivor, scope ORDER BY state = 'open' DESC, state = 'excepted' DESC, opened_at, loser
) = 1;

CREATE OR REPLACE TEMP TABLE merged_away AS
SELECT
  loser AS finding, engine, policy, scope, part, 'resolved' AS state, 'merged' AS reason, severity, enforcement,
  owner_key, opened_at, first_seen_at, coalesce(last_seen_at, getvariable('heard_merged_at')) AS last_seen_at, episode,
  greatest(getvariable('heard_merged_at'), occurred_at) AS occurred_at
FROM merged_states;

DELETE FROM finding_states AS s
USING (SELECT finding, scope, occurred_at FROM taken_over UNION ALL SELECT finding, scope, occurred_at FROM merged_away) AS n
WHERE s.finding = n.finding AND s.scope = n.scope AND s.occurred_at = n.occurred_at
  AND s.learned_at = getvariable('heard_now');
INSERT INTO finding_states BY NAME SELECT *, getvariable('heard_now') AS learned_at FROM taken_over;
INSERT INTO finding_states BY NAME SELECT *, getvariable('heard_now') AS learned_at FROM merged_away;

INSERT INTO findings BY NAME
SELECT
  survivor AS finding, engine, policy, resource, title, message, location, url, original_severity, told_at,
  getvariable('heard_now') AS learned_at
FROM merged_findings
WHERE survivor NOT IN (SELECT finding FROM findings)
QUALIFY row_number() OVER (PARTITION BY survivor ORDER BY told_at DESC, loser) = 1;

CREATE OR REPLACE TEMP TABLE merged_listings AS
SELECT l.* REPLACE (m.survivor AS finding, m.policy AS policy)
FROM finding_listings AS l JOIN merged_findings AS m ON l.finding = m.loser;
DELETE FROM finding_listings WHERE finding IN (SELECT loser FROM merged_findings);
INSERT INTO finding_listings BY NAME
FROM merged_listings ANTI JOIN finding_listings USING (finding, scope, part)
QUALIFY row_number() OVER (PARTITION BY finding, scope, part ORDER BY outcome = 'fail' DESC, outcome) = 1;

-- A fix of the one is a fix of the other.
INSERT INTO finding_fixes BY NAME
WITH newest AS (
  SELECT * FROM finding_fixes
  WHERE finding IN (FROM merged_findings SELECT loser UNION FROM merged_findings SELECT survivor)
  QUALIFY row_number() OVER (PARTITION BY finding, scope ORDER BY occurred_at DESC, learned_at DESC) = 1
)
SELECT
  m.survivor AS finding, l.scope, true AS has_fix, max(l.fixed_version) AS fixed_version,
  greatest(max(l.occurred_at), getvariable('heard_merged_at')) AS occurred_at, getvariable('heard_now') AS learned_at
FROM newest AS l
JOIN merged_findings AS m ON m.loser = l.finding
LEFT JOIN newest AS s ON s.finding = m.survivor AND s.scope = l.scope
WHERE l.has_fix AND s.has_fix IS DISTINCT FROM true
GROUP BY ALL;

INSERT INTO touched_scopes SELECT DISTINCT scope, getvariable('heard_now') FROM merged_states;
