-- Exceptions at each instant by status. In force are all but those that have expired and hold nothing back.
exceptions_first AS (
  SELECT i.ts, engine, scope, exception, policy, min(occurred_at) AS first_at
  FROM finding_exceptions_known AS e
  JOIN instants AS i ON e.effective_at <= i.ts
  GROUP BY ALL
),
exceptions_at AS (
  SELECT
    i.ts, e.engine, e.scope, e.exception, e.policy, e.team, e.service, e.environment, e.resource, e.expires_at,
    coalesce(e.created_at, f.first_at) AS created_at, CASE WHEN e.approved_by = '' THEN 'no' ELSE 'yes' END AS approved,
    CASE
      WHEN expires_at IS NULL THEN 'permanent'
      WHEN expires_at <= i.ts AND is_applied THEN 'expired_applied'
      WHEN expires_at <= i.ts THEN 'expired'
      WHEN expires_at <= i.ts
        + to_days(coalesce((SELECT max(value) FROM settings WHERE name = 'expiring_days'), 14)::INTEGER) THEN 'expiring'
      ELSE 'active'
    END AS status
  FROM exception_spans AS e
  JOIN instants AS i ON i.ts >= e.from_at AND i.ts < e.until_at
  JOIN exceptions_first AS f
    ON f.ts = i.ts AND f.engine = e.engine AND f.scope = e.scope AND f.exception = e.exception AND f.policy = e.policy
)
