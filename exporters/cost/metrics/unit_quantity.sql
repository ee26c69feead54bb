SELECT ts, unit, team, service, quantity AS value
FROM quantities
WHERE quantity <> 0
