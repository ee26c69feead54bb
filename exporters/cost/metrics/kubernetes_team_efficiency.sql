SELECT ts, cluster, team, currency, sum(used)::DOUBLE / sum(requested)::DOUBLE AS value
FROM recent
WHERE allocation NOT IN ('idle', 'shared')
GROUP BY ALL
HAVING sum(requested) > 0
