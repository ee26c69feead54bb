SELECT ts, team, environment, verdict, count(*) AS value FROM verdicts_at GROUP BY ALL
