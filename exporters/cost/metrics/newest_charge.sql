WITH known_days AS (
  SELECT provider, charge_day, min(effective_at) AS effective_at
  FROM (SELECT key_id, charge_day, min(effective_at) AS effective_at FROM charges_known GROUP BY ALL)
  JOIN charge_keys USING (key_id)
  GROUP BY ALL
)
SELECT i.ts, provider, epoch(max(charge_day) + INTERVAL 1 DAY)::BIGINT AS value
FROM known_days
JOIN instants AS i ON effective_at <= i.ts
GROUP BY ALL
