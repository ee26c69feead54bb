SELECT scope, looked_at
FROM scopes_at
WHERE engine = $engine AND is_stale AND looked_at IS NOT NULL
