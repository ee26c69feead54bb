-- Services of the catalog; one that no engine has looked at in time is unknown, but for what is open.
open_now AS (
  SELECT ts, service, count(*) AS n, min(opened_at) AS since,
    string_agg(DISTINCT coalesce(requirement, policy), ', ' ORDER BY coalesce(requirement, policy)) AS named
  FROM findings_at
  LEFT JOIN policy_rules USING (engine, policy)
  WHERE state = 'open' AND enforcement = 'enforce'
  GROUP BY ts, service
)
