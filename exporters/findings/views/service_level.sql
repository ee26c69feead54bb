-- The services of the most violations.
levelled AS (
  SELECT *
  FROM episodes
  SEMI JOIN (
    SELECT ts, team, service
    FROM episodes
    GROUP BY ts, team, service
    QUALIFY row_number() OVER (PARTITION BY ts ORDER BY count(*) DESC, team, service)
      <= coalesce((SELECT max(value) FROM settings WHERE name = 'top_services'), 300)
  ) USING (ts, team, service)
)
