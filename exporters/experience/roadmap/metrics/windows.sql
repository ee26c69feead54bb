windows AS (
  SELECT unnest(['7d', '30d', '90d']) AS "window", unnest([INTERVAL 7 DAY, INTERVAL 30 DAY, INTERVAL 90 DAY]) AS span
)
