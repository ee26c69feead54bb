-- The Quick Check's scores of what was measured, and their means, which are absent where a part is.
answered AS (
  SELECT m.ts, m.team, m.metric, m.value, coalesce(max(b.answer), 1) AS answer
  FROM measured AS m
  LEFT JOIN quick_check_answers AS b
    ON b.metric = m.metric AND (m.value < b.upper_bound OR (b.is_closed AND m.value = b.upper_bound))
  GROUP BY ALL
),
scored AS (
  SELECT
    ts, team, metric,
    CASE
      WHEN metric IN ('change_fail_rate', 'deployment_rework_rate') THEN 10 - 10 * value
      ELSE (answer - 1) / 5.0 * 10
    END AS score
  FROM answered
),
means AS (
  SELECT
    ts, team, avg(score) AS overall, count(*) AS parts,
    avg(score) FILTER (metric IN ('change_lead_time', 'deployment_frequency', 'failed_deployment_recovery_time')) AS throughput,
    count(*) FILTER (metric IN ('change_lead_time', 'deployment_frequency', 'failed_deployment_recovery_time')) AS throughput_parts,
    avg(score) FILTER (metric IN ('change_fail_rate', 'deployment_rework_rate')) AS stability,
    count(*) FILTER (metric IN ('change_fail_rate', 'deployment_rework_rate')) AS stability_parts
  FROM scored
  GROUP BY ALL
)
