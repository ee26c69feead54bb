SELECT
  ts, cluster, currency, coalesce(sum(cost) FILTER (WHERE allocation = 'idle'), 0)::DOUBLE / sum(cost)::DOUBLE AS value
FROM recent
GROUP BY ALL
HAVING sum(cost) > 0
