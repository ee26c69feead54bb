-- Time to first success: of those who first used a golden path in the four weeks before the period, until they first
-- succeeded; who had not by the period's end is censored then. The median is that of Kaplan and Meier.
INSERT INTO usage_candidates
WITH limits AS (SELECT value AS k FROM usage_settings WHERE name = 'minimum_group'),
begun AS (
  SELECT r.run, f.feature, d.person, min(d.first_at) AS began_at
  FROM usage_runs AS r
  JOIN usage_days AS d ON d.day < r.first_day AND d.learned_at <= r.cutoff AND d.person <> ''
  JOIN usage_kind_features AS k USING (kind)
  JOIN usage_features AS f ON f.feature = k.feature AND f.is_golden_path
  WHERE r."window" = '28d'
  GROUP BY ALL
),
cohort AS (
  SELECT b.*, r.period_end::TIMESTAMP AS ends_at, r.cutoff
  FROM begun AS b JOIN usage_runs AS r USING (run)
  WHERE b.began_at >= r.first_day - r.length
),
successes AS (
  SELECT f.feature, t.person, t.occurred_at AS at, t.learned_at
  FROM usage_tasks AS t
  JOIN usage_kinds AS k ON k.template = t.template
  JOIN usage_kind_features AS f USING (kind)
  WHERE t.status = 'completed' AND t.person <> ''
  UNION ALL
  SELECT f.feature, d.person, d.first_at, d.learned_at
  FROM usage_days AS d
  JOIN usage_kinds AS k USING (kind)
  JOIN usage_kind_features AS f USING (kind)
  JOIN usage_features AS declared ON declared.feature = f.feature AND NOT declared.has_templates
  WHERE k.action = 'create' AND d.person <> ''
),
lived AS (
  SELECT
    c.run, c.feature, c.person, min(s.at) IS NOT NULL AS succeeded,
    epoch(coalesce(min(s.at), any_value(c.ends_at)) - any_value(c.began_at)) AS seconds
  FROM cohort AS c
  LEFT JOIN successes AS s
    ON s.feature = c.feature AND s.person = c.person AND s.at >= c.began_at AND s.at < c.ends_at AND s.learned_at <= c.cutoff
  GROUP BY c.run, c.feature, c.person
),
steps AS (
  SELECT
    run, feature, seconds, count(*) FILTER (succeeded) AS ends,
    sum(count(*)) OVER (PARTITION BY run, feature ORDER BY seconds DESC) AS at_risk
  FROM lived GROUP BY run, feature, seconds
),
survival AS (
  SELECT run, feature, seconds, product(1 - ends / at_risk) OVER (PARTITION BY run, feature ORDER BY seconds) AS s
  FROM steps
),
told AS (
  SELECT run, feature, count(*) AS n, count(*) FILTER (succeeded) AS succeeded
  FROM lived CROSS JOIN limits GROUP BY run, feature, k HAVING count(*) >= k
)
SELECT run, 'golden_path_users', '', feature, n::DOUBLE FROM told
UNION ALL SELECT run, 'golden_path_success', '', feature, succeeded / n FROM told
UNION ALL
SELECT t.run, 'first_success', '', t.feature, min(s.seconds)
FROM told AS t JOIN survival AS s ON s.run = t.run AND s.feature = t.feature AND s.s <= 0.5 + 1e-9
GROUP BY t.run, t.feature
