SELECT ts, currency, sum(untagged)::DOUBLE / sum(taggable)::DOUBLE AS value
FROM taggable_cost
GROUP BY ALL
HAVING sum(taggable) > 0
