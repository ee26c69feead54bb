nothing_change_spans AS (SELECT 1 WHERE false)
