-- What explains the change of effective cost between two periods: the last two complete calendar months, and the last 30
-- complete days against the 30 before. Per SKU, account, region and unit, without resources: what was there in one
-- period alone is new or gone; of the rest usage is the change of quantity at the old effective price of a unit, and
-- price is what remains. Where a bill tells no quantity the two can't be told apart: that is unmetered. What splits give
-- a team has no quantity of the team's own: it is shared. All parts of a service add up to the change of its cost to the
-- last digit.
--
-- A day enters the newer period, moves to the older one and leaves it: three events, each at the first instant asked
-- that sees it. So a sum over a sliding window is a running sum of few events, however many instants are asked.
WITH asked_days AS (
  SELECT
    least(min(ts)::DATE - 60, (date_trunc('month', min(ts)) - INTERVAL 2 MONTH)::DATE) AS first_day, max(ts)::DATE AS end_day
  FROM instants
),
day_times AS (
  SELECT
    charge_day, effective_at, period,
    unnest([greatest(effective_at, enters), greatest(effective_at, moves), greatest(effective_at, leaves)]) AS at_time,
    unnest([1, -1, 0]) AS newer, unnest([0, 1, -1]) AS older
  FROM (
    SELECT
      charge_day, effective_at, unnest(['month', '30d']) AS period,
      unnest([date_trunc('month', charge_day) + INTERVAL 1 MONTH, charge_day + INTERVAL 1 DAY])::TIMESTAMP AS enters,
      unnest([date_trunc('month', charge_day) + INTERVAL 2 MONTH, charge_day + INTERVAL 31 DAY])::TIMESTAMP AS moves,
      unnest([date_trunc('month', charge_day) + INTERVAL 3 MONTH, charge_day + INTERVAL 61 DAY])::TIMESTAMP AS leaves
    FROM (
      SELECT charge_day, effective_at FROM charges_known
      WHERE charge_day >= (SELECT first_day FROM asked_days) AND charge_day < (SELECT end_day FROM asked_days)
      UNION
      SELECT charge_day, effective_at FROM allocations_known
      WHERE charge_day >= (SELECT first_day FROM asked_days) AND charge_day < (SELECT end_day FROM asked_days)
    )
  )
),
-- Events that one instant sees together are one; what entered and left in between is none.
day_events AS (
  SELECT charge_day, effective_at, period, i.ts, sum(newer)::BIGINT AS newer, sum(older)::BIGINT AS older
  FROM day_times
  ASOF JOIN instants AS i ON day_times.at_time <= i.ts
  GROUP BY ALL
  HAVING sum(newer) <> 0 OR sum(older) <> 0
),
skus AS (
  SELECT
    k.key_id, valid_from, valid_to,
    dense_rank() OVER (
      ORDER BY coalesce(team, 'unowned'), coalesce(service, 'unassigned'), k.currency, k.provider, k.sub_account, k.region,
        k.service_name, k.sku, k.charge_category, k.commitment_status = 'Unused', k.unit
    ) AS sku_id,
    coalesce(team, 'unowned') AS team, coalesce(service, 'unassigned') AS service, k.currency, k.service_name, k.sku
  FROM charge_keys AS k
  LEFT JOIN owners USING (owner_key)
  WHERE coalesce(split, '') = ''
),
sku_days AS (
  SELECT
    sku_id, charge_day, effective_at, sum(effective) AS effective, sum(coalesce(quantity, 0)) AS quantity
  FROM charges_known
  JOIN skus
    ON skus.key_id = charges_known.key_id AND coalesce(valid_from <= charge_day AND charge_day < valid_to, true)
  WHERE charge_day >= (SELECT first_day FROM asked_days) AND charge_day < (SELECT end_day FROM asked_days)
  GROUP BY ALL
),
sku_events AS (
  SELECT
    sku_id, period, ts, sum(older * effective) AS old_cost, sum(newer * effective) AS new_cost,
    sum(older * quantity) AS old_quantity, sum(newer * quantity) AS new_quantity
  FROM sku_days
  JOIN day_events USING (charge_day, effective_at)
  GROUP BY ALL
),
-- From one event to the next a SKU's sums stay as they are.
sku_spans AS (
  SELECT
    sku_id, period, ts AS from_ts, lead(ts) OVER one_sku AS until_ts,
    sum(old_cost) OVER one_sku AS old_cost, sum(new_cost) OVER one_sku AS new_cost,
    sum(old_quantity) OVER one_sku AS old_quantity, sum(new_quantity) OVER one_sku AS new_quantity
  FROM sku_events
  WINDOW one_sku AS (PARTITION BY sku_id, period ORDER BY ts)
),
explained_spans AS (
  SELECT
    *, new_cost - old_cost AS change, old_cost = 0 AND old_quantity = 0 AS is_new,
    new_cost = 0 AND new_quantity = 0 AS is_gone,
    -- The one double on the way is a part of the change, and what it is not is the other part.
    CASE WHEN old_quantity > 0 AND new_quantity > 0 THEN TRY_CAST(
      round(old_cost::DOUBLE * ((new_quantity - old_quantity)::DOUBLE / old_quantity::DOUBLE), 10) AS DECIMAL(38,10)
    ) END AS usage
  FROM sku_spans
  WHERE old_cost <> 0 OR new_cost <> 0
),
explained AS (
  SELECT i.ts, e.*, team, service, currency, service_name, sku
  FROM explained_spans AS e
  JOIN instants AS i ON from_ts <= i.ts AND (until_ts IS NULL OR i.ts < until_ts)
  JOIN (SELECT DISTINCT sku_id, team, service, currency, service_name, sku FROM skus) USING (sku_id)
),
own_changes AS (
  SELECT
    ts, period, team, service, currency, sum(change) AS change,
    sum(CASE WHEN is_new THEN change ELSE 0 END) AS new_part,
    sum(CASE WHEN is_gone AND NOT is_new THEN change ELSE 0 END) AS gone_part,
    sum(CASE WHEN is_new OR is_gone THEN 0 ELSE coalesce(usage, 0) END) AS usage_part,
    sum(CASE WHEN is_new OR is_gone THEN 0 ELSE coalesce(change - usage, 0) END) AS price_part,
    sum(CASE WHEN is_new OR is_gone OR usage IS NOT NULL THEN 0 ELSE change END) AS unmetered_part
  FROM explained
  GROUP BY ALL
),
borne_events AS (
  SELECT team, service, currency, period, ts, sum((newer - older) * effective) AS change
  FROM (
    SELECT team, service, currency, charge_day, effective_at, sum(effective) AS effective
    FROM allocations_known
    WHERE charge_day >= (SELECT first_day FROM asked_days) AND charge_day < (SELECT end_day FROM asked_days)
    GROUP BY ALL
  )
  JOIN day_events USING (charge_day, effective_at)
  GROUP BY ALL
),
borne_changes AS (
  SELECT i.ts, period, team, service, currency, spans.change
  FROM (
    SELECT
      team, service, currency, period, ts AS from_ts, lead(ts) OVER one_service AS until_ts,
      sum(change) OVER one_service AS change
    FROM borne_events
    WINDOW one_service AS (PARTITION BY team, service, currency, period ORDER BY ts)
  ) AS spans
  JOIN instants AS i ON from_ts <= i.ts AND (until_ts IS NULL OR i.ts < until_ts)
),
cost_changes AS (
  SELECT
    ts, period, team, service, currency, unnest(['price', 'usage', 'new', 'gone', 'unmetered', 'shared']) AS reason,
    unnest([
      coalesce(price_part, 0), coalesce(usage_part, 0), coalesce(new_part, 0), coalesce(gone_part, 0),
      coalesce(unmetered_part, 0), coalesce(borne.change, 0) - coalesce(own.change, 0)
    ]) AS value
  FROM borne_changes AS borne
  FULL JOIN own_changes AS own USING (ts, period, team, service, currency)
)
