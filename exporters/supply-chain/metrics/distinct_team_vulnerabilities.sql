SELECT ts, team, environment, count(DISTINCT policy) AS value
FROM findings_at
WHERE engine = 'vulnerability' AND state = 'open'
GROUP BY ALL
