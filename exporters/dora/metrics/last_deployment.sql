SELECT ts, team, service, environment, epoch(max(finished_at)) AS value
FROM at_instants
WHERE finished_at IS NOT NULL
GROUP BY ALL
