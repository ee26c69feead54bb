postings AS (
  SELECT
    moments.first_ts, date_trunc('month', charge_day)::DATE AS charge_month, charge_day,
    team, service, environment, charge_category, currency,
    sum(billed) AS billed, sum(effective) AS effective, sum(list) AS list, sum(contracted) AS contracted
  FROM allocations_known
  JOIN moments USING (effective_at)
  GROUP BY ALL
),
monthly AS (
  SELECT i.ts, charge_month, currency, team, service, environment, sum(effective) AS effective
  FROM postings
  JOIN instants AS i ON postings.first_ts <= i.ts
  GROUP BY ALL
),
-- Who is shown by name in a charge month, as known at the instant; never ranked over currencies.
services AS (
  SELECT
    ts, charge_month, currency, team, service,
    row_number() OVER (
      PARTITION BY ts, charge_month, currency ORDER BY abs(sum(effective)) DESC, team, service
    ) AS service_place
  FROM monthly
  GROUP BY ts, charge_month, currency, team, service
),
environments AS (
  SELECT
    ts, charge_month, currency, environment,
    row_number() OVER (
      PARTITION BY ts, charge_month, currency ORDER BY abs(sum(effective)) DESC, environment
    ) AS environment_place
  FROM monthly
  GROUP BY ts, charge_month, currency, environment
),
folded AS (
  SELECT
    ts, charge_day, team,
    CASE
      WHEN service_place <= (SELECT value FROM cost_settings WHERE name = 'top_services') THEN service
      ELSE 'other'
    END AS service,
    CASE
      WHEN environment_place <= (SELECT value FROM cost_settings WHERE name = 'top_environments') THEN environment
      ELSE 'other'
    END AS environment,
    charge_category, currency,
    sum(billed) AS billed, sum(effective) AS effective, sum(list) AS list, sum(contracted) AS contracted
  FROM (SELECT i.ts, postings.* FROM postings JOIN instants AS i ON postings.first_ts <= i.ts)
  LEFT JOIN services USING (ts, charge_month, currency, team, service)
  LEFT JOIN environments USING (ts, charge_month, currency, environment)
  GROUP BY ALL
),
by_basis AS (
  SELECT
    ts, charge_day AS day, team, service, environment, charge_category,
    unnest(['billed', 'effective', 'list', 'contracted']) AS cost_basis, currency,
    unnest([billed, effective, list, contracted]) AS value
  FROM folded
)
-- A day that has become 0 is a day without the series: the core publishes such a day as 0.
FROM by_basis WHERE value <> 0
