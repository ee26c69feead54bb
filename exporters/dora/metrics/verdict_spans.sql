nothing_verdict_spans AS (SELECT 1 WHERE false)
