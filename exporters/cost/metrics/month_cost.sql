-- Cost of both months as known at the instant; services that are not among the month's top N are `other`.
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
ranked AS (
  SELECT
    ts, months_ago, currency, team, service,
    row_number() OVER (PARTITION BY ts, months_ago, currency ORDER BY abs(effective) DESC, team, service) AS place
  FROM (
    SELECT ts, months_ago, currency, team, service, sum(effective) AS effective
    FROM known
    GROUP BY ALL
  )
),
shown AS (
  SELECT ts, months_ago, currency, team, service, true AS is_shown
  FROM ranked
  WHERE place <= (SELECT value FROM cost_settings WHERE name = 'top_services')
),
folded AS (
  SELECT
    ts, months_ago, team, CASE WHEN is_shown THEN service ELSE 'other' END AS service, environment, currency,
    sum(billed) AS billed, sum(effective) AS effective, sum(list) AS list, sum(contracted) AS contracted
  FROM known
  LEFT JOIN shown USING (ts, months_ago, currency, team, service)
  GROUP BY ALL
),
by_basis AS (
  SELECT
    ts, months_ago, team, service, environment,
    unnest(['billed', 'effective', 'list', 'contracted']) AS cost_basis, currency,
    unnest([billed, effective, list, contracted]) AS value
  FROM folded
)
