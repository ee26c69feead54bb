postings AS (
  SELECT
    moments.first_ts, date_trunc('month', charge_day)::DATE AS charge_month, charge_day,
    -- A charge without a service would be a bar without a name.
    team, provider, service_category, coalesce(nullif(service_name, ''), 'unnamed') AS service_name, currency,
    sum(billed) AS billed, sum(effective) AS effective, sum(list) AS list, sum(contracted) AS contracted
  FROM allocations_known
  JOIN moments USING (effective_at)
  GROUP BY ALL
),
ranked AS (
  -- A name belongs to its provider; never ranked over currencies.
  SELECT
    ts, charge_month, currency, provider, service_name,
    row_number() OVER (
      PARTITION BY ts, charge_month, currency ORDER BY abs(effective) DESC, provider, service_name
    ) AS place
  FROM (
    SELECT i.ts, charge_month, currency, provider, service_name, sum(effective) AS effective
    FROM postings
    JOIN instants AS i ON postings.first_ts <= i.ts
    GROUP BY ALL
  )
),
shown AS (
  SELECT ts, charge_month, currency, provider, service_name, true AS is_shown
  FROM ranked
  WHERE place <= (SELECT value FROM cost_settings WHERE name = 'top_service_names')
),
folded AS (
  SELECT
    ts, charge_day, team, provider,
    CASE WHEN is_shown THEN service_category ELSE 'other' END AS service_category,
    CASE WHEN is_shown THEN service_name ELSE 'other' END AS service_name,
    currency,
    sum(billed) AS billed, sum(effective) AS effective, sum(list) AS list, sum(contracted) AS contracted
  FROM (SELECT i.ts, postings.* FROM postings JOIN instants AS i ON postings.first_ts <= i.ts)
  LEFT JOIN shown USING (ts, charge_month, currency, provider, service_name)
  GROUP BY ALL
),
by_basis AS (
  SELECT
    ts, charge_day AS day, team, provider, service_category, service_name,
    unnest(['billed', 'effective', 'list', 'contracted']) AS cost_basis, currency,
    unnest([billed, effective, list, contracted]) AS value
  FROM folded
)
-- A day that has become 0 is a day without the series: the core publishes such a day as 0.
FROM by_basis WHERE value <> 0
