SELECT ts, severity, CASE WHEN is_exploited THEN 'yes' ELSE 'no' END AS exploited, sla_days * 86400 AS value
FROM instants
CROSS JOIN supply_chain_sla
