WITH newest_invoices AS (
  SELECT i.ts, invoices.*
  FROM instants AS i
  JOIN invoices ON invoices.billing_period + INTERVAL 1 MONTH <= i.ts
  QUALIFY row_number() OVER (
    PARTITION BY i.ts, provider, billing_account, currency ORDER BY billing_period DESC
  ) = 1
),
billed AS (
  SELECT effective_at, provider, billing_account, billing_period, currency, sum(billed) AS billed
  FROM charges_known
  JOIN charge_keys USING (key_id)
  WHERE billing_period IN (SELECT billing_period FROM newest_invoices)
  GROUP BY ALL
)
SELECT
  newest.ts, newest.provider, newest.billing_account, newest.currency,
  (coalesce(sum(billed.billed), 0) - newest.total)::DOUBLE / newest.total::DOUBLE AS value
FROM newest_invoices AS newest
LEFT JOIN billed
  ON billed.provider = newest.provider AND billed.billing_account = newest.billing_account
  AND billed.billing_period = newest.billing_period AND billed.currency = newest.currency
  AND billed.effective_at <= newest.ts
WHERE newest.total <> 0
GROUP BY newest.ts, newest.provider, newest.billing_account, newest.currency, newest.total
