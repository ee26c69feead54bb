SELECT ts, engine, policy, epoch(clean_at) AS value
FROM ranked
WHERE clean_at IS NOT NULL
QUALIFY row_number() OVER (PARTITION BY ts ORDER BY is_enforced, clean_at, engine, policy) <= places
