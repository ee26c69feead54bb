-- Tasks of templates begun in a window that ends at each instant, in the state they were then known to be in.
WITH spans AS (
  SELECT
    *, lead(effective_at, 1, TIMESTAMP '9999-01-01') OVER (
      PARTITION BY source, task ORDER BY effective_at, occurred_at, learned_at, status <> 'open'
    ) AS until_at
  FROM usage_tasks_known
),
windows AS (
  SELECT unnest(['7d', '30d', '90d']) AS "window", unnest([INTERVAL 7 DAY, INTERVAL 30 DAY, INTERVAL 90 DAY]) AS ends
),
tasks AS (
  SELECT
    i.ts, w."window", coalesce(n.name, 'other') AS template, s.status, epoch(s.occurred_at - s.created_at) AS seconds
  FROM spans AS s
  JOIN instants AS i ON s.effective_at <= i.ts AND i.ts < s.until_at
  JOIN windows AS w ON s.created_at > i.ts - w.ends
  LEFT JOIN usage_names AS n ON n.family = 'task' AND n.name = s.template
),
limits AS (SELECT coalesce((SELECT max(value) FROM usage_settings WHERE name = 'minimum_group'), 5) AS least)
