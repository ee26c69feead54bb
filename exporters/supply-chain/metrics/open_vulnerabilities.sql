-- Open vulnerabilities with their package: what is behind the image or repository in a finding's resource.
open_vulnerabilities AS (
  SELECT
    o.ts, o.team, o.environment, o.policy, f.resource, substr(f.resource, strpos(f.resource, '|') + 1) AS package
  FROM (SELECT ts, team, environment, policy, finding FROM findings_at WHERE engine = 'vulnerability' AND state = 'open') AS o
  JOIN findings AS f USING (finding)
)
