asked AS (SELECT ts, ts AS moment, 0 AS days FROM instants),
moments AS (SELECT DISTINCT moment FROM asked)
