-- What nothing gives to a team and nothing splits, by resource where the ledger keeps ids, else by account. Its weight is
-- the cost of the last 30 complete days, to two digits, so that a day like the one before is no change.
WITH asked AS (
  SELECT
    c.effective_at, c.charge_day, c.effective, k.currency, k.owner_key,
    CASE WHEN k.resource_id <> '' THEN 'resource' ELSE 'account' END AS kind,
    CASE WHEN k.resource_id <> '' THEN k.resource_id WHEN k.sub_account <> '' THEN k.sub_account
      ELSE k.billing_account END AS subject,
    k.provider
  FROM charges_known AS c
  JOIN charge_keys AS k USING (key_id)
  SEMI JOIN (SELECT owner_key FROM owners WHERE team = 'unowned' AND split IS NULL) AS o USING (owner_key)
  WHERE c.charge_day < (SELECT max(ts)::DATE FROM instants)
),
firsts AS (SELECT kind, subject, min(charge_day)::TIMESTAMP AS since FROM asked GROUP BY ALL),
recent AS (FROM asked WHERE charge_day >= (SELECT min(ts)::DATE - 30 FROM instants)),
moments AS (
  SELECT times.effective_at, i.ts AS first_ts
  FROM (SELECT DISTINCT effective_at FROM recent) AS times
  ASOF JOIN instants AS i ON times.effective_at <= i.ts
),
postings AS (
  SELECT first_ts, charge_day, kind, subject, provider, currency, sum(effective) AS effective
  FROM recent
  JOIN moments USING (effective_at)
  JOIN owners AS o USING (owner_key)
  WHERE o.valid_from <= charge_day AND charge_day < o.valid_to AND o.team = 'unowned' AND o.split IS NULL
  GROUP BY ALL
),
spent AS (
  SELECT i.ts, kind, subject, provider, currency, sum(effective) AS amount
  FROM postings
  JOIN instants AS i ON first_ts <= i.ts AND charge_day >= i.ts::DATE - 30 AND charge_day < i.ts::DATE
  GROUP BY i.ts, kind, subject, provider, currency
  HAVING sum(effective) > 0
  QUALIFY row_number() OVER (PARTITION BY i.ts ORDER BY sum(effective) DESC, subject) <= 500
)
SELECT
  ts, kind, subject, 'unowned' AS team, 'fail' AS state, since, provider AS detail,
  round(amount::DOUBLE, 1 - floor(log10(amount::DOUBLE))::INTEGER)::DECIMAL(38, 10) AS amount, currency AS unit
FROM spent
JOIN firsts USING (kind, subject)
