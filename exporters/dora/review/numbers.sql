-- Each fact of the two months, for its team and for all teams (''): how many there are, and quantiles of their seconds.
SELECT
  team, is_month, fact, count(*)::BIGINT AS n, quantile_cont(seconds, 0.5) AS p50, quantile_cont(seconds, 0.75) AS p75,
  quantile_cont(seconds, 0.9) AS p90
FROM (
  SELECT unnest([team, '']) AS team, happened_at >= $first::TIMESTAMP AS is_month, fact, seconds
  FROM (
    SELECT team, finished_at AS happened_at, unnest(['finished', outcome]) AS fact, NULL::BIGINT AS seconds, from_at, until_at
    FROM deployment_spans
    WHERE outcome <> 'cancelled' OR changed_production
    UNION ALL
    SELECT team, finished_at, verdict, NULL, from_at, until_at
    FROM verdict_spans
    WHERE verdict IN ('failed', 'rollback', 'rework', 'failed_before_change')
    UNION ALL
    SELECT team, finished_at + to_seconds(seconds), verdict, seconds, from_at, until_at
    FROM verdict_spans
    WHERE verdict = 'recovered'
    UNION ALL
    SELECT labels.team, happened_at, 'lead_time', seconds, from_at, until_at
    FROM lead_times
    WHERE labels.clock = 'authored' AND labels.reach = 'all'
    UNION ALL
    SELECT team, finished_at, 'stage_' || stage, seconds, from_at, until_at
    FROM (UNPIVOT pull_request_spans ON coding, review, "merge", deploy INTO NAME stage VALUE seconds)
    UNION ALL
    SELECT team, started_at, 'incident', NULL, from_at, until_at
    FROM incident_spans
    WHERE status IN ('open', 'resolved')
  )
  WHERE
    from_at <= $now::TIMESTAMP AND until_at > $now::TIMESTAMP
    AND happened_at >= $before::TIMESTAMP AND happened_at < $end::TIMESTAMP
)
GROUP BY ALL
ORDER BY ALL
