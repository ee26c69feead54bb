-- Failed deployments of the month, and how long it took to remedy them.
SELECT
  f.team, f.service, f.environment, f.deployment, f.reason, f.finished_at::VARCHAR AS finished_at, r.seconds
FROM verdict_spans AS f
LEFT JOIN (
  FROM verdict_spans
  WHERE verdict = 'recovered' AND from_at <= $now::TIMESTAMP AND until_at > $now::TIMESTAMP
) AS r USING (deployment, service)
WHERE
  f.verdict = 'failed' AND f.from_at <= $now::TIMESTAMP AND f.until_at > $now::TIMESTAMP
  AND f.finished_at >= $first::TIMESTAMP AND f.finished_at < $end::TIMESTAMP
ORDER BY r.seconds IS NOT NULL, r.seconds DESC, f.finished_at, f.deployment, f.service
