-- Each instant, and 7 and 30 days before it.
asked AS (SELECT ts, ts - to_days(days::INTEGER) AS moment, days FROM instants, (VALUES (0), (7), (30)) AS d(days)),
moments AS (SELECT DISTINCT moment FROM asked)
