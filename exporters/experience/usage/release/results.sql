-- What of each run may be told: usage_candidates(run, measure, team, feature, value). k is privacy.minimum_group.
CREATE OR REPLACE TEMP TABLE usage_candidates AS
WITH limits AS (SELECT value AS k FROM usage_settings WHERE name = 'minimum_group'),
-- '' stands for all features.
uses AS (
  SELECT run, person, team, '' AS feature FROM usage_members
  UNION ALL
  SELECT run, person, team, feature FROM usage_feature_members
),
features AS (SELECT run, feature FROM usage_runs CROSS JOIN (SELECT '' AS feature UNION ALL SELECT feature FROM usage_features)),
by_team AS (SELECT run, feature, team, count(*) AS n FROM uses GROUP BY ALL),

-- People of all teams: not where each one of the teams that used it would be told to have.
users AS (
  SELECT
    b.run, b.feature, sum(b.n) AS n,
    sum(b.n) FILTER (b.team = 'unowned') AS unowned, sum(t.size) AS most
  FROM by_team AS b LEFT JOIN usage_run_teams AS t USING (run, team)
  GROUP BY b.run, b.feature
),
users_told AS (
  SELECT run, feature, n FROM users CROSS JOIN limits WHERE n >= k AND (unowned > 0 OR n < most)
),

-- People of a team: k of them, not all of them; and of what is left of all when those told are subtracted the same holds.
-- So the smallest are hidden with the others until it does.
team_cells AS (
  SELECT
    b.run, b.team, b.n, coalesce(t.size, 0) AS size,
    b.n >= k AND (b.team = 'unowned' OR b.n < t.size) AS may
  FROM by_team AS b LEFT JOIN usage_run_teams AS t USING (run, team) CROSS JOIN limits
  WHERE b.feature = ''
),
silent_teams AS (
  SELECT t.run, sum(t.size) AS size
  FROM usage_run_teams AS t ANTI JOIN team_cells AS c USING (run, team)
  GROUP BY t.run
),
team_hidden AS (
  SELECT
    run, coalesce(sum(n) FILTER (NOT may), 0) AS n, coalesce(sum(size) FILTER (NOT may), 0) AS size,
    coalesce(bool_or(team = 'unowned') FILTER (NOT may), false) AS has_unowned
  FROM team_cells GROUP BY run
),
team_steps AS (
  SELECT
    c.*, row_number() OVER w AS step,
    h.n + coalesce(sum(c.n) OVER before, 0) AS left_n,
    h.size + coalesce(s.size, 0) + coalesce(sum(c.size) OVER before, 0) AS left_size,
    h.has_unowned OR coalesce(bool_or(c.team = 'unowned') OVER before, false) AS left_unowned
  FROM team_cells AS c
  JOIN team_hidden AS h USING (run)
  LEFT JOIN silent_teams AS s USING (run)
  WHERE c.may
  WINDOW w AS (PARTITION BY c.run ORDER BY c.n, c.team),
    before AS (PARTITION BY c.run ORDER BY c.n, c.team ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING)
),
team_first AS (
  SELECT run, min(step) AS step
  FROM team_steps CROSS JOIN limits
  WHERE left_n = 0 OR (left_n >= k AND (left_unowned OR left_n < left_size))
  GROUP BY run
),
teams_told AS (SELECT s.run, s.team, s.n FROM team_steps AS s JOIN team_first AS f USING (run) WHERE s.step >= f.step),

-- Whether a team used it is the team's, of k people or more; those of whom it is not told are none or k people together.
sized AS (
  SELECT t.run, t.team, t.size, t.size >= k AS may
  FROM usage_run_teams AS t CROSS JOIN limits WHERE t.is_team
),
sized_steps AS (
  SELECT
    s.*, row_number() OVER w AS step,
    coalesce(h.size, 0) + coalesce(sum(s.size) OVER (w ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING), 0) AS left_size
  FROM sized AS s
  LEFT JOIN (SELECT run, sum(size) AS size FROM sized WHERE NOT may GROUP BY run) AS h USING (run)
  WHERE s.may
  WINDOW w AS (PARTITION BY s.run ORDER BY s.size, s.team)
),
seen_teams AS (
  SELECT s.run, s.team
  FROM sized_steps AS s
  JOIN (
    SELECT run, min(step) AS step FROM sized_steps CROSS JOIN limits
    WHERE left_size = 0 OR left_size >= k GROUP BY run
  ) AS f USING (run)
  WHERE s.step >= f.step
),
team_uses AS (
  SELECT f.run, f.feature, s.team, s.size, b.n IS NOT NULL AS is_used, v.team IS NOT NULL AS is_seen
  FROM features AS f
  JOIN sized AS s USING (run)
  LEFT JOIN by_team AS b USING (run, team, feature)
  LEFT JOIN seen_teams AS v USING (run, team)
),
-- Where all hidden teams used it, and one of them is a single person, the count would tell that person's use.
team_counts AS (
  SELECT
    run, feature, count(*) FILTER (is_used) AS used, count(*) AS teams, sum(size) AS size,
    bool_and(is_used) FILTER (NOT is_seen) AND min(size) FILTER (NOT is_seen) = 1 AS is_personal
  FROM team_uses GROUP BY run, feature
),
team_counts_told AS (
  SELECT run, feature, used, teams FROM team_counts CROSS JOIN limits
  WHERE size >= k AND NOT coalesce(is_personal, false)
),

retained AS (
  SELECT f.run, f.feature, count(*) AS n, count(u.person) AS again
  FROM usage_former AS f LEFT JOIN uses AS u USING (run, feature, person)
  GROUP BY f.run, f.feature
),
-- New are those of whom the ledger knows nothing earlier, once it knows of four weeks.
new_people AS (
  SELECT m.run, count(*) AS n, any_value(u.most) AS most, any_value(u.unowned) AS unowned
  FROM usage_members AS m
  JOIN usage_runs AS r USING (run)
  JOIN users AS u ON u.run = m.run AND u.feature = ''
  WHERE (SELECT min(day) FROM usage_known_days) <= r.first_day - 28
    AND NOT EXISTS (
      FROM usage_days AS d WHERE d.person = m.person AND d.day < r.first_day AND d.learned_at <= r.cutoff
    )
  GROUP BY m.run
),
-- By anybody, also by whoever was not logged in.
used_features AS (
  SELECT DISTINCT r.run, f.feature
  FROM usage_days AS d
  JOIN usage_runs AS r ON d.day >= r.first_day AND d.day < r.period_end AND d.learned_at <= r.cutoff
  JOIN usage_kind_features AS f USING (kind)
)

SELECT run, 'active_users' AS measure, '' AS team, feature, n::DOUBLE AS value FROM users_told
UNION ALL SELECT run, 'active_users', team, '', n FROM teams_told
UNION ALL SELECT run, 'new_users', '', '', n FROM new_people CROSS JOIN limits WHERE n >= k AND (unowned > 0 OR n < most)
UNION ALL SELECT run, 'active_teams', '', feature, used FROM team_counts_told
UNION ALL SELECT run, 'adoption', '', feature, used / teams FROM team_counts_told
UNION ALL SELECT run, 'team_used', team, feature, is_used::INTEGER FROM team_uses WHERE is_seen AND feature <> ''
UNION ALL SELECT run, 'retention', '', feature, again / n FROM retained CROSS JOIN limits WHERE n >= k
UNION ALL
SELECT f.run, 'used', '', f.feature, (u.feature IS NOT NULL)::INTEGER
FROM features AS f LEFT JOIN used_features AS u USING (run, feature)
WHERE f.feature <> ''
