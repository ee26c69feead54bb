counted AS (SELECT labels, happened_at, from_at, until_at, count(*) AS n FROM lead_times GROUP BY ALL)
