-- The youngest age at which half or fewer survive; sums of logarithms are off by less than the billionth.
SELECT ts, team, service, severity, "window", median / 1e6 AS value
FROM (SELECT series, min(age) AS median FROM survival WHERE surviving <= 0.5 + 1e-9 GROUP BY series)
JOIN named USING (series)
LEFT JOIN thin USING (series)
WHERE coalesce(thin_from > median, true)
