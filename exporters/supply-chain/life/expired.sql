-- Scopes with exceptions that have ended and, by what is known, still hold something back.
INSERT INTO touched_scopes
SELECT scope, max(expires_at)
FROM (
  SELECT * FROM finding_exceptions
  QUALIFY row_number() OVER (
    PARTITION BY engine, scope, exception, policy ORDER BY occurred_at DESC, learned_at DESC
  ) = 1
)
WHERE expires_at <= getvariable('heard_now') AND is_applied AND holds
GROUP BY ALL;
