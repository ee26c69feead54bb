-- What Datadog computes, from what it says of each deployment, for each day of $first to $last and the 7, 30 and 90 days
-- before it: of each service, of each team, and of all. As its page "DORA Metrics Calculation" has it: the lead time of a
-- deployment is the mean of its commits', and of many the median across deployments; the fail ratio is failures over
-- deployments; the recovery time is that of failed deployments. Only what is told newly is added.
INSERT INTO external_metrics BY NAME
WITH deployed AS (
  SELECT service, team, environment, finished_at, change_failure, recovery, lead_time, commits
  FROM datadog_deployments
  WHERE source = $source AND regexp_matches(lower(environment), $production)
), periods AS (
  SELECT period_end - to_days(span) AS period_start, period_end
  FROM generate_series($first::TIMESTAMP, $last::TIMESTAMP, INTERVAL 1 DAY) AS ends(period_end)
  CROSS JOIN (VALUES (7), (30), (90)) AS spans(span)
), levels AS (
  SELECT 'service' AS level UNION ALL SELECT 'team' UNION ALL SELECT 'all'
), within AS (
  SELECT p.period_start, p.period_end,
    CASE level WHEN 'service' THEN d.service ELSE '' END AS service,
    CASE level WHEN 'team' THEN d.team ELSE '' END AS team,
    level, d.team AS owner, d.finished_at, d.change_failure, d.recovery, d.lead_time, d.commits
  FROM periods AS p
  JOIN deployed AS d ON d.finished_at >= p.period_start AND d.finished_at < p.period_end
  CROSS JOIN levels
  WHERE level <> 'team' OR d.team <> ''
), measured AS (
  SELECT period_start, period_end, level, service,
    -- The team of a service is the one of its last deployment.
    CASE level WHEN 'service' THEN arg_max(owner, finished_at) ELSE any_value(team) END AS team,
    count(*) AS deployments,
    count(*) FILTER (WHERE change_failure) AS failed,
    count(change_failure) AS judged,
    quantile_cont(lead_time, [0.5, 0.75, 0.9]) AS leads,
    fsum(lead_time * commits) / nullif(sum(commits) FILTER (WHERE lead_time IS NOT NULL), 0) AS lead_mean,
    quantile_cont(recovery, [0.5, 0.75, 0.9]) AS recoveries,
    fsum(recovery) / nullif(count(recovery), 0) AS recovery_mean
  FROM within
  GROUP BY period_start, period_end, level, service, CASE level WHEN 'team' THEN team ELSE '' END
), told AS (
  -- Sums of doubles differ in their last digits from one time to the next.
  SELECT period_start, period_end, service, team, row.metric, row.statistic, round(row.value, 6) AS value
  FROM (
    SELECT period_start, period_end, service, team, unnest([
      {'metric': 'deployments', 'statistic': '', 'value': deployments::DOUBLE},
      -- Where nothing was ever judged there is no ratio, and no 0.
      {'metric': 'change_fail_ratio', 'statistic': '', 'value': CASE WHEN judged > 0 THEN failed / deployments END},
      {'metric': 'change_lead_time', 'statistic': 'p50', 'value': leads[1]},
      {'metric': 'change_lead_time', 'statistic': 'p75', 'value': leads[2]},
      {'metric': 'change_lead_time', 'statistic': 'p90', 'value': leads[3]},
      {'metric': 'change_lead_time', 'statistic': 'mean', 'value': lead_mean},
      {'metric': 'recovery_time', 'statistic': 'p50', 'value': recoveries[1]},
      {'metric': 'recovery_time', 'statistic': 'p75', 'value': recoveries[2]},
      {'metric': 'recovery_time', 'statistic': 'p90', 'value': recoveries[3]},
      {'metric': 'recovery_time', 'statistic': 'mean', 'value': recovery_mean}
    ]) AS row
    FROM measured
  )
  WHERE row.value IS NOT NULL
), known AS (
  SELECT * FROM external_metrics
  WHERE source = $source AND period_end >= $first::TIMESTAMP
  QUALIFY row_number() OVER (
    PARTITION BY metric, statistic, team, service, period_start, period_end ORDER BY updated_at DESC, learned_at DESC
  ) = 1
)
SELECT $source AS source, 'datadog' AS tool, told.*, $now::TIMESTAMP AS updated_at, $now::TIMESTAMP AS learned_at
FROM told
WHERE NOT EXISTS (
  FROM known
  WHERE known.metric = told.metric AND known.statistic = told.statistic AND known.team = told.team
    AND known.service = told.service AND known.period_start = told.period_start
    AND known.period_end = told.period_end AND known.value = told.value
);
