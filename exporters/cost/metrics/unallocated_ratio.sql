SELECT
  ts, currency, sum(CASE WHEN team = 'unowned' THEN taggable ELSE 0 END)::DOUBLE / sum(taggable)::DOUBLE AS value
FROM taggable_cost
GROUP BY ALL
HAVING sum(taggable) > 0
