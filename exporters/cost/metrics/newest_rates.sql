-- The newest rate of each currency that is billed in, as known at the instant.
WITH told AS (
  SELECT rates.*
  FROM exchange_rates_known AS rates
  JOIN reporting_currencies AS reporting ON reporting.currency_code = rates.reporting_currency
  WHERE rates.currency IN (SELECT DISTINCT charge_keys.currency FROM charge_keys)
),
steady AS (
  -- Days whose rate was there in time and was never withdrawn: at no instant does one look back beyond them.
  SELECT currency, (rate_day + 1)::TIMESTAMP AS known_from, rate_day
  FROM told
  GROUP BY ALL
  HAVING count(rate) = count(*) AND max(effective_at) <= rate_day + INTERVAL 1 DAY
),
windows AS (
  SELECT asked_for.ts, asked_for.currency, coalesce(steady.rate_day, DATE '0001-01-01') AS oldest_day
  FROM (SELECT i.ts, currency FROM instants AS i CROSS JOIN (SELECT DISTINCT currency FROM told)) AS asked_for
  ASOF LEFT JOIN steady ON asked_for.currency = steady.currency AND asked_for.ts >= steady.known_from
),
newest AS (
  SELECT *
  FROM (
    SELECT windows.ts, told.currency, reporting_currency, rate_day, rate
    FROM told
    JOIN windows ON windows.currency = told.currency
    WHERE rate_day >= oldest_day AND effective_at <= windows.ts
    QUALIFY row_number() OVER (PARTITION BY windows.ts, told.currency, rate_day ORDER BY learned_at DESC) = 1
  )
  WHERE rate IS NOT NULL
  QUALIFY row_number() OVER (PARTITION BY ts, currency ORDER BY rate_day DESC) = 1
)
