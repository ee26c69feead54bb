-- The current month's names beyond the top N of each daily family, which are shown as `other`, with what they cost; cost
-- that is `other` by its service already isn't told again of its environment.
postings AS (
  SELECT
    first_ts, charge_month, team, service, environment, provider, service_name, currency,
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
    first_ts, charge_month, 'finops_cost_daily' AS family, currency, team AS owner, service AS shown_name, environment,
    sum(billed) AS billed, sum(effective) AS effective, sum(list) AS list, sum(contracted) AS contracted
  FROM postings
  GROUP BY ALL
  UNION ALL
  SELECT
    first_ts, charge_month, 'finops_service_cost_daily', currency, provider, service_name, '',
    sum(billed), sum(effective), sum(list), sum(contracted)
  FROM postings
  GROUP BY ALL
),
known AS (
  SELECT
    ts, months_ago, family, currency, owner, shown_name, environment,
    sum(billed) AS billed, sum(effective) AS effective, sum(list) AS list, sum(contracted) AS contracted
  FROM named_postings
  JOIN months USING (charge_month)
  WHERE first_ts <= ts
  GROUP BY ALL
),
places AS (
  SELECT
    ts, family, currency, owner, shown_name,
    row_number() OVER (
      PARTITION BY ts, family, currency ORDER BY abs(sum(effective)) DESC, owner, shown_name
    ) > any_value(top) AS name_is_folded
  FROM known
  JOIN families USING (family)
  WHERE months_ago = 0
  GROUP BY ts, family, currency, owner, shown_name
),
environment_places AS (
  SELECT
    ts, family, currency, environment,
    row_number() OVER (PARTITION BY ts, family, currency ORDER BY abs(sum(effective)) DESC, environment) AS place
  FROM known
  WHERE months_ago = 0 AND family = 'finops_cost_daily'
  GROUP BY ts, family, currency, environment
),
folded AS (
  SELECT known.*
  FROM known
  JOIN places USING (ts, family, currency, owner, shown_name)
  WHERE months_ago = 0 AND name_is_folded
  UNION ALL
  SELECT known.* REPLACE ('' AS owner, environment AS shown_name)
  FROM known
  JOIN places USING (ts, family, currency, owner, shown_name)
  JOIN environment_places USING (ts, family, currency, environment)
  WHERE months_ago = 0 AND NOT name_is_folded
    AND place > (SELECT value FROM cost_settings WHERE name = 'top_environments')
)
