SELECT
  p.*, coalesce(v.best, p.policy) AS vulnerability, coalesce(n.aliases, '') AS aliases, n.epss, r.score, r.versions,
  r.scanners, substr(p.resource, strpos(p.resource, '|') + 1) AS package
FROM paged AS p
LEFT JOIN vulnerabilities AS v ON v.vulnerability = p.policy
LEFT JOIN names_of_page AS n USING (policy)
LEFT JOIN results_of_page AS r USING (finding, scope)
ORDER BY p.rank, p.opened_at, p.finding, p.scope
