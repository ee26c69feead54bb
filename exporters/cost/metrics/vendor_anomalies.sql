-- Anomalies that are going on: without an end, or with one at most two days ago, for costs arrive up to two days late.
WITH versions AS (
  SELECT
    *, coalesce(lead(learned_at) OVER (
      PARTITION BY source, provider, billing_account, anomaly ORDER BY learned_at
    ), TIMESTAMP 'infinity') AS known_until
  FROM vendor_anomalies
),
known_anomalies AS (
  -- The empty anomaly says that someone looked: with it alone, none is going on.
  SELECT
    i.ts, source, provider, billing_account, service_name, currency, impact,
    anomaly <> '' AND impact IS NOT NULL AND started <= i.ts::DATE
      AND (ended IS NULL OR ended >= i.ts::DATE - 2) AS is_active
  FROM instants AS i
  JOIN versions ON learned_at <= i.ts AND i.ts < known_until
)
