SELECT moment AS ts, team, sum(passed)::DOUBLE / nullif(sum(passed + failed), 0)::DOUBLE AS value
FROM levelled
GROUP BY moment, team
