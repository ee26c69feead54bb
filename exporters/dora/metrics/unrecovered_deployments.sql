SELECT ts, team, service, environment, count(*) FILTER (is_open) AS value FROM unrecovered GROUP BY ALL
