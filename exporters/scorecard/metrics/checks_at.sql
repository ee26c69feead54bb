-- Every check of every service that it is asked of at each moment: pass where all that is said passes, fail where anything
-- fails, not_measured where nothing is said, or not of all; exempt whatever is said.
told_at AS (
  SELECT
    s.moment, c.id AS "check", s.service,
    CASE
      WHEN bool_or(s.state = 'fail') THEN 'fail'
      WHEN bool_or(s.state = 'unknown') THEN 'not_measured'
      ELSE 'pass'
    END AS state,
    coalesce(min(s.since) FILTER (s.state = 'fail'), max(s.since) FILTER (s.state <> 'fail')) AS since,
    list_sort(list(DISTINCT CASE
      WHEN s.kind = 'service' THEN s.detail
      WHEN s.detail = '' THEN s.subject
      ELSE concat(s.subject, ' ', s.detail)
    END) FILTER (s.state = 'fail' OR (s.kind = 'service' AND s.detail <> ''))) AS evidence
  FROM subjects_at AS s
  JOIN scorecard_checks AS c ON c.exporter = s.exporter AND c.facts = s."check"
  WHERE s.environment = '' OR len(c.environments) = 0
    OR len(list_filter(c.environments, lambda pattern: lower(s.environment) GLOB pattern)) > 0
  GROUP BY ALL
),
exempt_at AS (
  SELECT s.moment, s.service, e."check", max(e.valid_until) AS exempt_until
  FROM services_at AS s
  JOIN scorecard_exemptions AS e
    ON s.service GLOB e.service AND (e.team = '' OR e.team = s.team)
    AND s.moment::DATE BETWEEN e.valid_from AND e.valid_until
  GROUP BY ALL
),
checks_at AS (
  SELECT
    s.moment, s.service, s.team, s.repository, c.id AS "check", c.level_rank, c.is_required,
    c.weight::DECIMAL(12, 4) AS weight,
    CASE WHEN x."check" IS NOT NULL THEN 'exempt' ELSE coalesce(t.state, 'not_measured') END AS state,
    t.since, t.evidence, x.exempt_until
  FROM services_at AS s
  JOIN scorecard_checks AS c
    ON (len(c.types) = 0 OR list_contains(c.types, s.type))
    AND (len(c.lifecycles) = 0 OR list_contains(c.lifecycles, s.lifecycle))
    AND (len(c.tiers) = 0 OR list_contains(c.tiers, s.tier))
    AND (len(c.systems) = 0 OR list_contains(c.systems, s.system))
    AND (len(c.teams) = 0 OR list_contains(c.teams, s.team))
    AND (len(c.tags) = 0 OR list_has_any(c.tags, s.tags))
  LEFT JOIN told_at AS t ON t.moment = s.moment AND t.service = s.service AND t."check" = c.id
  LEFT JOIN exempt_at AS x ON x.moment = s.moment AND x.service = s.service AND x."check" = c.id
)
