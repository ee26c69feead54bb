SELECT i.ts, w.watch, count(DISTINCT a.artifact) AS value
FROM supply_chain_watches AS w
CROSS JOIN instants AS i
LEFT JOIN watched_at AS a ON a.ts = i.ts AND a.watch = w.watch
GROUP BY ALL
