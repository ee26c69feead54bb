SELECT ts, team, service, repository, pull_request, currency, actual AS value
FROM judged
WHERE is_shown AND state = 'attributed'
