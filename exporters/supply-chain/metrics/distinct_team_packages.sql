SELECT ts, team, environment, count(DISTINCT package) AS value FROM open_vulnerabilities GROUP BY ALL
