-- Events up to each instant, by the owner that they had on their day.
SELECT i.ts, o.team, count(*) AS value
FROM instants AS i
JOIN chosen AS e ON e.effective_at <= i.ts
JOIN owners AS o
  ON o.owner_key = e.owner_key AND o.valid_from <= e.occurred_at::DATE AND e.occurred_at::DATE < o.valid_to
GROUP BY ALL
