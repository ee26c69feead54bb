-- Of services that some engine looks at, or that have exceptions. One that has expired is told though it holds nothing
-- back any more: it waits to be renewed or removed.
named AS (
  SELECT ts, team, service, exception, expires_at, status FROM exceptions_at WHERE service NOT IN ('', 'unassigned')
),
expired AS (
  SELECT ts, service, min(expires_at) AS since, count(DISTINCT exception) AS n,
    string_agg(DISTINCT exception, ', ' ORDER BY exception) AS names
  FROM named
  WHERE status IN ('expired', 'expired_applied')
  GROUP BY ts, service
),
services AS (
  SELECT c.ts, s.team, c.service
  FROM covered AS c
  JOIN catalog_services AS s ON s.service = c.service AND s.valid_from <= c.ts::DATE AND c.ts::DATE < s.valid_to
  UNION
  SELECT ts, team, service FROM named
)
