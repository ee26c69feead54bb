, currencies AS (
  -- Both months' currencies, so that nothing folded is 0 and not nothing.
  SELECT DISTINCT ts, family, currency FROM known
),
totals AS (
  SELECT
    ts, family, currency, coalesce(sum(billed), 0) AS billed, coalesce(sum(effective), 0) AS effective,
    coalesce(sum(list), 0) AS list, coalesce(sum(contracted), 0) AS contracted
  FROM currencies
  LEFT JOIN folded USING (ts, family, currency)
  GROUP BY ALL
)
SELECT
  ts, family, unnest(['billed', 'effective', 'list', 'contracted']) AS cost_basis, currency,
  unnest([billed, effective, list, contracted]) AS value
FROM totals
