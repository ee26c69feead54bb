-- All or nothing: a period is published again with what became known later only where in every group that is told, of
-- teams, features and all, nobody changed or at least k people did; one who came late alone could be told by subtraction.
-- What was configured anew is told of what was known then. Else what is new waits (usage_held).
CREATE OR REPLACE TEMP TABLE usage_chosen AS
WITH limits AS (SELECT value AS k FROM usage_settings WHERE name = 'minimum_group'),
cells AS (
  SELECT run, person, team, '' AS feature FROM usage_members
  UNION ALL SELECT run, person, '', '' FROM usage_members
  UNION ALL SELECT run, person, '', feature FROM usage_feature_members
),
keyed AS (
  SELECT r."window", r.period_end, r.version, c.person, c.team, c.feature
  FROM cells AS c JOIN usage_runs AS r USING (run)
  WHERE r.old_cutoff IS NOT NULL
),
changed AS (
  SELECT "window", period_end, team, feature, count(*) AS n
  FROM (
    SELECT "window", period_end, person, team, feature FROM keyed
    GROUP BY ALL HAVING count(*) = 1
  )
  GROUP BY ALL
),
told AS (
  SELECT r."window", r.period_end, c.team, c.feature
  FROM usage_candidates AS c JOIN usage_runs AS r USING (run) WHERE c.measure = 'active_users' AND r.old_cutoff IS NOT NULL
  UNION
  SELECT "window", period_end, team, feature FROM usage_results WHERE measure = 'active_users'
),
refused AS (
  SELECT DISTINCT "window", period_end
  FROM changed SEMI JOIN told USING ("window", period_end, team, feature) CROSS JOIN limits
  WHERE n < k
)
SELECT r.*, f."window" IS NOT NULL AS is_refused
FROM usage_runs AS r LEFT JOIN refused AS f USING ("window", period_end)
WHERE r.version = 'new' AND f."window" IS NULL
  OR r.version = 'old' AND f."window" IS NOT NULL AND r.is_reconfigured;

INSERT INTO usage_results BY NAME
SELECT
  c."window", c.period_end, c.release + 1 AS release, told.measure, told.team, told.feature, told.value, c.cutoff,
  $settings AS settings, if(c.release = 0, c.period_end + INTERVAL 1 DAY, $now::TIMESTAMP) AS occurred_at,
  $now::TIMESTAMP AS learned_at
FROM usage_chosen AS c
JOIN (
  SELECT run, measure, team, feature, value FROM usage_candidates WHERE value IS NOT NULL
  UNION ALL
  SELECT run, 'release', '', '', 1 FROM usage_chosen
) AS told USING (run);

DELETE FROM usage_held AS h USING usage_runs AS r WHERE h."window" = r."window" AND h.period_end = r.period_end;

INSERT INTO usage_held
SELECT "window", period_end, any_value(changed_at)
FROM usage_runs ANTI JOIN (SELECT "window", period_end FROM usage_chosen WHERE NOT is_refused) USING ("window", period_end)
GROUP BY "window", period_end
