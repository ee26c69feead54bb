SELECT ts, team, service, repository, project, pull_request, currency, sum(change) AS value
FROM of_services
JOIN (
  SELECT ts, team, service, repository, pull_request
  FROM judged
  WHERE is_shown
) USING (ts, team, service, repository, pull_request)
GROUP BY ALL
