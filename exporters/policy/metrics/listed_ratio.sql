SELECT ts, engine, sum(listed) / sum(violations) AS value FROM totals_at GROUP BY ALL
