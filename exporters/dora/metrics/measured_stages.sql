-- Each pull request counts once for a service, as it was first known.
measured AS (
  SELECT
    team, service, environment, effective_at, unnest(['coding', 'review', 'merge', 'deploy', 'total']) AS stage,
    unnest([coding, review, "merge", deploy, total]) AS seconds
  FROM deployed_pull_requests_known
  WHERE holds AND excluded = ''
  QUALIFY row_number() OVER (PARTITION BY service, environment, repository, number ORDER BY learned_at, deployment) = 1
)
