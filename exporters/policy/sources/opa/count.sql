-- Of opa_new and opa_owners: what is new in each minute.
CREATE OR REPLACE TEMP TABLE opa_minutes AS
SELECT o.team, o.service, o.environment, coalesce(p.path, 'other') AS path, n.outcome, count(*) AS decisions,
  date_trunc('minute', n.ts) AS minute
FROM opa_new AS n
JOIN opa_owners AS o ON o.spoken = n.spoken::VARCHAR AND o.day = n.ts::DATE
LEFT JOIN opa_paths AS p ON p.path = n.path
GROUP BY ALL;
CREATE OR REPLACE TEMP TABLE opa_minutes_of_times AS
SELECT o.team, o.service, o.environment, {bucket} AS bucket, count(*) AS decisions,
  sum(n.took)::BIGINT AS nanoseconds, date_trunc('minute', n.ts) AS minute
FROM opa_new AS n
JOIN opa_owners AS o ON o.spoken = n.spoken::VARCHAR AND o.day = n.ts::DATE
WHERE n.took BETWEEN 0 AND 86400000000000
GROUP BY ALL;
INSERT INTO opa_seen SELECT ts, id, $today::DATE FROM opa_new ORDER BY ts
