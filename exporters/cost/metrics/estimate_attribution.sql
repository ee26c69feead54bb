SELECT ts, team, service, repository, pull_request, name AS state, (state = name)::INTEGER AS value
FROM judged
CROSS JOIN (VALUES ('attributed'), ('pending'), ('unattributable')) AS states (name)
WHERE is_shown
