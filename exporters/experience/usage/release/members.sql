-- Who used what in each run: usage_members(run, person, team), usage_feature_members(run, person, team, feature), and of
-- the period before: usage_former(run, person, feature). Each person is of one team: that of their last day.
CREATE OR REPLACE TEMP TABLE usage_run_days AS
SELECT r.run, d.day, d.person, d.kind
FROM usage_days AS d
JOIN usage_runs AS r ON d.day >= r.first_day AND d.day < r.period_end AND d.learned_at <= r.cutoff
WHERE d.person <> '';

CREATE OR REPLACE TEMP TABLE usage_members AS
SELECT d.run, d.person, max_by(coalesce(p.team, 'unowned'), d.day) AS team
FROM usage_run_days AS d
LEFT JOIN usage_people AS p ON p.person = d.person AND p.valid_from <= d.day AND d.day < p.valid_to
GROUP BY d.run, d.person;

CREATE OR REPLACE TEMP TABLE usage_feature_members AS
SELECT DISTINCT d.run, d.person, m.team, f.feature
FROM usage_run_days AS d
JOIN usage_members AS m USING (run, person)
JOIN usage_kind_features AS f USING (kind);

CREATE OR REPLACE TEMP TABLE usage_former AS
SELECT DISTINCT r.run, d.person, unnest([''] || coalesce(f.features, [])) AS feature
FROM usage_days AS d
JOIN usage_runs AS r ON d.day >= r.first_day - r.length AND d.day < r.first_day AND d.learned_at <= r.cutoff
LEFT JOIN (SELECT kind, list(feature) AS features FROM usage_kind_features GROUP BY kind) AS f USING (kind)
WHERE d.person <> '';

-- Teams of the catalog on the last day, and those of whoever was active. `size` is how many people are of them, as far
-- as anybody knows; `is_team`: it counts as a team, and is no department.
CREATE OR REPLACE TEMP TABLE usage_run_teams AS
WITH people AS (
  SELECT run, team, person FROM usage_members WHERE team <> 'unowned'
  UNION
  SELECT r.run, p.team, p.person
  FROM usage_runs AS r JOIN usage_people AS p ON p.valid_from < r.period_end AND r.period_end <= p.valid_to
  -- Who moved is where they were last active, and nowhere twice.
  WHERE NOT EXISTS (FROM usage_members AS m WHERE m.run = r.run AND m.person = p.person)
)
SELECT
  people.run, people.team, count(*) AS size,
  EXISTS (
    FROM usage_teams AS t JOIN usage_runs AS r ON t.valid_from < r.period_end AND r.period_end <= t.valid_to
    WHERE t.team = people.team AND r.run = people.run
  ) AS is_team
FROM people
GROUP BY people.run, people.team
