-- The current month's names of each daily family with their place; those beyond the top N are shown as `other`.
postings AS (
  SELECT
    first_ts, charge_month, team, service, provider, service_name, currency,
    sum(billed) AS billed, sum(effective) AS effective, sum(list) AS list, sum(contracted) AS contracted
  FROM asked
  JOIN moments USING (effective_at)
  GROUP BY ALL
),
families AS (
  SELECT family, value AS top
  FROM (VALUES ('finops_cost_daily', 'top_services'), ('finops_service_cost_daily', 'top_service_names'))
    AS names (family, name)
  JOIN cost_settings USING (name)
),
named_postings AS (
  SELECT
    first_ts, charge_month, 'finops_cost_daily' AS family, currency, team AS owner, service AS shown_name,
    sum(billed) AS billed, sum(effective) AS effective, sum(list) AS list, sum(contracted) AS contracted
  FROM postings
  GROUP BY ALL
  UNION ALL
  SELECT
    first_ts, charge_month, 'finops_service_cost_daily', currency, provider, service_name,
    sum(billed), sum(effective), sum(list), sum(contracted)
  FROM postings
  GROUP BY ALL
),
known AS (
  SELECT
    ts, months_ago, family, currency, owner, shown_name,
    sum(billed) AS billed, sum(effective) AS effective, sum(list) AS list, sum(contracted) AS contracted
  FROM named_postings
  JOIN months USING (charge_month)
  WHERE first_ts <= ts
  GROUP BY ALL
),
folded AS (
  SELECT known.*
  FROM known
  JOIN families USING (family)
  WHERE months_ago = 0
  QUALIFY row_number() OVER (
    PARTITION BY ts, family, currency ORDER BY abs(effective) DESC, owner, shown_name
  ) > top
)
