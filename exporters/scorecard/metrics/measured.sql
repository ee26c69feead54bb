SELECT moment AS ts, team, sum(passed + failed)::DOUBLE / nullif(sum(passed + failed + unmeasured), 0)::DOUBLE AS value
FROM levelled
GROUP BY moment, team
