-- With what the newest scans say of each finding on the page, and the names that people know.
results_of_page AS (
  SELECT
    p.finding, p.scope, max(r.score) AS score, string_agg(DISTINCT r.version, ', ' ORDER BY r.version) AS versions,
    string_agg(DISTINCT r.scanner, ', ' ORDER BY r.scanner) AS scanners
  FROM paged AS p
  JOIN artifacts AS a
    ON a.name = coalesce(nullif(p.image, ''), p.repository)
    AND a.kind = CASE WHEN p.image = '' THEN 'repository' ELSE 'image' END
  JOIN scan_results AS r
    ON r.artifact = a.artifact AND r.vulnerability = p.policy AND r.class = p.class
    AND r.package = substr(p.resource, strpos(p.resource, '|') + 1)
  GROUP BY ALL
),
names_of_page AS (
  SELECT
    p.policy, string_agg(DISTINCT a.alias, ', ' ORDER BY a.alias) AS aliases, max(e.score) AS epss
  FROM (SELECT DISTINCT policy FROM paged) AS p
  JOIN vulnerability_aliases AS a ON a.vulnerability = p.policy
  LEFT JOIN epss_scores AS e ON e.vulnerability = a.alias
  GROUP BY ALL
)
