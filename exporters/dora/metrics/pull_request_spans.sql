pull_request_spans AS (
  SELECT team, service, environment, coding, review, "merge", deploy, total, occurred_at AS finished_at, from_at, until_at
  FROM (
    SELECT *, effective_at AS from_at, coalesce(min(effective_at) OVER newer, TIMESTAMP '9999-12-31') AS until_at
    FROM deployed_pull_requests_known
    WHERE occurred_at > (SELECT min(ts) - INTERVAL 91 DAY FROM instants)
    WINDOW newer AS (
      PARTITION BY deployment, service, repository, number
      ORDER BY learned_at ROWS BETWEEN 1 FOLLOWING AND UNBOUNDED FOLLOWING
    )
  )
  WHERE holds AND from_at < until_at AND excluded = ''
)
