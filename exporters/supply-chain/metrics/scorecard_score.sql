-- The services of the lowest scores are named.
SELECT ts, team, service, "check", score AS value
FROM scores_at
SEMI JOIN (
  SELECT ts, team, service
  FROM scores_at
  GROUP BY ts, team, service
  QUALIFY row_number() OVER (
    PARTITION BY ts ORDER BY coalesce(min(score) FILTER ("check" = 'all'), min(score)), team, service
  ) <= coalesce((SELECT max(value) FROM settings WHERE name = 'top_services'), 300)
) USING (ts, team, service)
