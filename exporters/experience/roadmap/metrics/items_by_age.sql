SELECT
  ts, team, status,
  CASE
    WHEN seconds < 7 * 86400 THEN '0-7d'
    WHEN seconds < 30 * 86400 THEN '7-30d'
    WHEN seconds < 90 * 86400 THEN '30-90d'
    WHEN seconds < 365 * 86400 THEN '90-365d'
    ELSE '365d+'
  END AS age,
  count(*) AS value
FROM measured
GROUP BY ALL
