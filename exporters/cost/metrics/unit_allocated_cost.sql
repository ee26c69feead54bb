-- Services without a quantity of their own are one, so that there are no more series than quantities and teams.
SELECT
  ts, unit, costs.team, CASE WHEN quantity IS NULL THEN 'other' ELSE costs.service END AS service, currency,
  sum(cost) AS value
FROM costs
LEFT JOIN quantities USING (ts, unit, team, service)
GROUP BY ALL
