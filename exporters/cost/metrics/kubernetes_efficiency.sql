SELECT ts, cluster, currency, sum(used)::DOUBLE / sum(requested)::DOUBLE AS value
FROM recent
WHERE allocation <> 'idle'
GROUP BY ALL
HAVING sum(requested) > 0
