SELECT ts, team, area, status, count(*) AS value FROM work_at GROUP BY ALL
