SELECT i.ts, b.metric, b.industry, b.edition::VARCHAR AS year, b.mean AS value
FROM quick_check_benchmarks AS b
CROSS JOIN instants AS i
