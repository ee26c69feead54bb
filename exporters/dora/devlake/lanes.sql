-- The lanes of devlake_previous whose diffs are looked at, with the node of each commit in the graph of its repository.
-- Who tells a sha may cut it short.
CREATE OR REPLACE TEMP TABLE devlake_lanes AS
WITH asked AS (
  SELECT p.lane, p.position, d.repository, d.sha
  FROM devlake_previous AS p
  JOIN devlake_deployment_commits AS d USING (project, id)
  WHERE d.repository IN (FROM devlake_repositories)
),
cut AS (
  SELECT told.repository, told.sha, any_value(c.node) AS node
  FROM (SELECT DISTINCT repository, sha FROM asked WHERE length(sha) BETWEEN 7 AND 39) AS told
  JOIN commits AS c ON c.repository = told.repository AND c.sha[:7] = told.sha[:7] AND starts_with(c.sha, told.sha)
  GROUP BY ALL
  HAVING count(*) = 1
)
SELECT asked.lane, asked.position, asked.repository, coalesce(c.node, cut.node, 0)::BIGINT AS node
FROM asked
LEFT JOIN commits AS c ON c.repository = asked.repository AND c.sha = asked.sha
LEFT JOIN cut ON cut.repository = asked.repository AND cut.sha = asked.sha;
