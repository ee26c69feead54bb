SELECT ts, cluster, currency, coalesce(sum(cost) FILTER (WHERE allocation = 'idle'), 0) AS value
FROM recent
GROUP BY ALL
