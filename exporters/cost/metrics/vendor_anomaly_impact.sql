SELECT ts, source, provider, billing_account, service_name, currency, sum(impact) AS value
FROM known_anomalies
WHERE is_active
GROUP BY ALL
