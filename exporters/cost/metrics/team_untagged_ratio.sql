SELECT ts, team, currency, untagged::DOUBLE / taggable::DOUBLE AS value
FROM taggable_cost
WHERE taggable > 0
