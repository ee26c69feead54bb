SELECT ts, source, provider, billing_account, count(*) FILTER (WHERE is_active) AS value
FROM known_anomalies
GROUP BY ALL
