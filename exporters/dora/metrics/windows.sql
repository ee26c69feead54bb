-- A fact is in a window from `begins` after it happened until `ends` after.
windows AS (
  SELECT unnest(['7d', '30d', '90d']) AS "window", INTERVAL 0 DAY AS begins,
    unnest([INTERVAL 7 DAY, INTERVAL 30 DAY, INTERVAL 90 DAY]) AS ends
)
