SELECT ts, team, service, environment, unnest(['p50', 'p75', 'p90']) AS percentile, unnest(quantiles) AS value
FROM (
  SELECT ts, team, service, environment, quantile_cont(seconds, [0.5, 0.75, 0.9]) AS quantiles
  FROM (
    SELECT
      i.ts, team, service, environment,
      date_sub(
        'second', lag(finished_at) OVER (PARTITION BY i.ts, team, service, environment ORDER BY finished_at), finished_at
      ) AS seconds
    FROM deployment_spans AS d
    JOIN instants AS i
      ON i.ts >= greatest(d.from_at, d.finished_at) AND i.ts < least(d.until_at, d.finished_at + INTERVAL 90 DAY)
    WHERE outcome = 'success'
  )
  GROUP BY ALL
  HAVING count(seconds) >= coalesce((SELECT max(value) FROM dora_settings WHERE name = 'minimum_samples'), 5)
)
