-- What is open, by the time since it was opened.
aged AS (
  SELECT
    *,
    CASE
      WHEN ts - opened_at < INTERVAL 7 DAY THEN '0-7d'
      WHEN ts - opened_at < INTERVAL 30 DAY THEN '7-30d'
      WHEN ts - opened_at < INTERVAL 90 DAY THEN '30-90d'
      WHEN ts - opened_at < INTERVAL 365 DAY THEN '90-365d'
      ELSE '365d+'
    END AS age
  FROM findings_at
  WHERE state = 'open'
)
