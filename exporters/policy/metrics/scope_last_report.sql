SELECT ts, engine, scope, epoch(looked_at) AS value
FROM scopes_at
WHERE looked_at IS NOT NULL
QUALIFY row_number() OVER (
  PARTITION BY ts ORDER BY looked_at < ts - INTERVAL 90 DAY, looked_at, engine, scope
) <= coalesce((SELECT max(value) FROM settings WHERE name = 'top_scopes'), 200)
