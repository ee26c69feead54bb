WITH versions AS (
  SELECT
    *, coalesce(lead(learned_at) OVER (PARTITION BY provider, sub_account ORDER BY learned_at), TIMESTAMP 'infinity')
      AS known_until
  FROM sub_account_names
)
SELECT i.ts, provider, sub_account, name AS sub_account_name, 1 AS value
FROM instants AS i
JOIN versions ON learned_at <= i.ts AND i.ts < known_until
