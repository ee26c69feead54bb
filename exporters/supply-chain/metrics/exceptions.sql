SELECT ts, team, engine AS class, status, approved, count(*) AS value FROM exceptions_at GROUP BY ALL
