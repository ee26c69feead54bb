-- Who had cost in the month before is there at 0, so that no panel is empty before the month's first bill.
SELECT
  ts, team, service, environment, cost_basis, currency,
  sum(CASE WHEN months_ago = 0 THEN value ELSE 0 END) AS value
FROM by_basis
WHERE value <> 0
GROUP BY ALL
