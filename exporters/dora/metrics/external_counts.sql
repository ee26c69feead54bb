SELECT ts, tool, team, service, "window", sum(value) AS value
FROM external_owned
GROUP BY ALL
