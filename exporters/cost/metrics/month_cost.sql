-- Cost of both months as known at the instant; services and environments that are not among the month's top N
-- are `other`.
postings AS (
  SELECT
    first_ts, charge_month, team, service, environment, currency,
    sum(billed) AS billed, sum(effective) AS effective, sum(list) AS list, sum(contracted) AS contracted
  FROM asked
  JOIN moments USING (effective_at)
  GROUP BY ALL
),
known AS (
  SELECT
    ts, months_ago, team, service, environment, currency,
    sum(billed) AS billed, sum(effective) AS effective, sum(list) AS list, sum(contracted) AS contracted
  FROM postings
  JOIN months USING (charge_month)
  WHERE first_ts <= ts
  GROUP BY ALL
),
services AS (
  SELECT
    ts, months_ago, currency, team, service,
    row_number() OVER (
      PARTITION BY ts, months_ago, currency ORDER BY abs(sum(effective)) DESC, team, service
    ) AS service_place
  FROM known
  GROUP BY ts, months_ago, currency, team, service
),
environments AS (
  SELECT
    ts, months_ago, currency, environment,
    row_number() OVER (
      PARTITION BY ts, months_ago, currency ORDER BY abs(sum(effective)) DESC, environment
    ) AS environment_place
  FROM known
  GROUP BY ts, months_ago, currency, environment
),
folded AS (
  SELECT
    ts, months_ago, team,
    CASE
      WHEN service_place <= (SELECT value FROM cost_settings WHERE name = 'top_services') THEN service
      ELSE 'other'
    END AS service,
    CASE
      WHEN environment_place <= (SELECT value FROM cost_settings WHERE name = 'top_environments') THEN environment
      ELSE 'other'
    END AS environment,
    currency,
    sum(billed) AS billed, sum(effective) AS effective, sum(list) AS list, sum(contracted) AS contracted
  FROM known
  LEFT JOIN services USING (ts, months_ago, currency, team, service)
  LEFT JOIN environments USING (ts, months_ago, currency, environment)
  GROUP BY ALL
),
by_basis AS (
  SELECT
    ts, months_ago, team, service, environment,
    unnest(['billed', 'effective', 'list', 'contracted']) AS cost_basis, currency,
    unnest([billed, effective, list, contracted]) AS value
  FROM folded
)
