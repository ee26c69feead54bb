-- The lead times of changes to where their deployment had reached the first, half and all regions, by both clocks.
reached AS (
  SELECT deployment, service, reach, reached_at, from_at, until_at
  FROM (
    SELECT
      *, effective_at AS from_at,
      coalesce(min(effective_at) OVER newer, TIMESTAMP '9999-12-31') AS until_at
    FROM rollouts_known
    WINDOW newer AS (
      PARTITION BY deployment, service, reach ORDER BY learned_at ROWS BETWEEN 1 FOLLOWING AND UNBOUNDED FOLLOWING
    )
  )
  WHERE from_at < until_at
),
reached_changes AS (
  SELECT
    c.team, c.service, c.environment, r.reach, r.reached_at, greatest(c.from_at, r.from_at) AS from_at,
    least(c.until_at, r.until_at) AS until_at, date_sub('second', c.clock_at, r.reached_at) AS authored,
    date_sub('second', c.committed_at, r.reached_at) AS committed
  FROM change_spans AS c
  JOIN reached AS r USING (deployment, service)
  WHERE c.excluded = ''
),
lead_times AS (
  SELECT
    {'team': team, 'service': service, 'environment': environment, 'clock': clock, 'reach': reach} AS labels,
    reached_at AS happened_at, from_at, until_at, seconds
  FROM (
    SELECT *, 'authored' AS clock, authored AS seconds FROM reached_changes
    UNION ALL
    SELECT *, 'committed', committed FROM reached_changes
  )
  WHERE seconds >= 0 AND from_at < until_at
)
