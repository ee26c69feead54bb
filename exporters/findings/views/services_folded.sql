-- `owned` with the services of the most `n` named, and the rest of each team as one.
service_places AS (
  SELECT ts, team, service, row_number() OVER (PARTITION BY ts ORDER BY sum(n) DESC, team, service) AS place
  FROM owned
  GROUP BY ts, team, service
),
folded AS (
  SELECT
    o.* REPLACE (
      CASE WHEN is_named THEN o.service ELSE 'other' END AS service,
      CASE WHEN is_named THEN o.environment ELSE 'other' END AS environment
    )
  FROM owned AS o
  JOIN (
    SELECT
      ts, team, service,
      place <= coalesce((SELECT max(value) FROM settings WHERE name = 'top_services'), 300) AS is_named
    FROM service_places
  ) AS p ON p.ts = o.ts AND p.team = o.team AND p.service = o.service
)
