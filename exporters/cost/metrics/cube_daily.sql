WITH moments AS (
  -- The first instant asked at which a posting counts: looked up per distinct time, not per posting.
  SELECT times.effective_at, i.ts AS first_ts
  FROM (SELECT DISTINCT effective_at FROM cost_cubes_known) AS times
  ASOF JOIN instants AS i ON times.effective_at <= i.ts
),
postings AS (
  SELECT
    first_ts, date_trunc('month', charge_day)::DATE AS charge_month, charge_day,
    source, cube, key1, key2, cost_basis, currency, sum(amount) AS amount
  FROM cost_cubes_known
  JOIN moments USING (effective_at)
  GROUP BY ALL
),
known AS (
  SELECT
    i.ts, charge_month, charge_day, source, cube, key1, key2, cost_basis, currency, sum(amount) AS amount
  FROM postings
  JOIN instants AS i ON first_ts <= i.ts
  GROUP BY ALL
),
ranked AS (
  -- Who is shown by name in a charge month; by effective cost for both bases, so that a name has both or none.
  SELECT
    ts, charge_month, source, cube, currency, key1, key2,
    row_number() OVER (
      PARTITION BY ts, charge_month, source, cube, currency ORDER BY abs(effective) DESC, key1, key2
    ) AS place
  FROM (
    SELECT
      ts, charge_month, source, cube, currency, key1, key2,
      sum(CASE WHEN cost_basis = 'effective' THEN amount ELSE 0 END) AS effective
    FROM known
    GROUP BY ALL
  )
),
shown AS (
  SELECT ts, charge_month, source, cube, currency, key1, key2, true AS is_shown
  FROM ranked
  WHERE place <= (SELECT value FROM cost_settings WHERE name = 'top_cube_keys')
)
SELECT
  ts, charge_day AS day, source, cube,
  CASE WHEN is_shown THEN key1 ELSE 'other' END AS key1,
  -- A cube of one key has no second one, not even of the rest.
  CASE WHEN is_shown OR NOT contains(cube, ',') THEN key2 ELSE 'other' END AS key2,
  cost_basis, currency, sum(amount) AS value
FROM known
LEFT JOIN shown USING (ts, charge_month, source, cube, currency, key1, key2)
GROUP BY ALL
HAVING sum(amount) <> 0
