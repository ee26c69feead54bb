SELECT i.ts, b.metric, b.industry, b.edition::VARCHAR AS year, b.mean AS value
FROM survey_benchmarks AS b CROSS JOIN instants AS i
