SELECT
  i.ts, kind, subject, 'unowned' AS team, 'fail' AS state,
  coalesce(sum(results) FILTER (outcome = 'fail'), 0) AS amount, 'findings' AS unit
FROM unowned_places AS p
JOIN instants AS i ON i.ts >= p.from_at AND i.ts < p.until_at
WHERE kind IS NOT NULL
GROUP BY i.ts, kind, subject
