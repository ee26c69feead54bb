-- Changes of one deployment share their times; counted together before they are told apart by clock.
counted AS (
  SELECT
    {'team': team, 'service': service, 'environment': environment, 'clock': clock, 'reach': reach} AS labels,
    reached_at AS happened_at, from_at, until_at, n
  FROM (
    SELECT
      team, service, environment, reach, reached_at, from_at, until_at, unnest(['authored', 'committed']) AS clock,
      unnest([count(*) FILTER (authored >= 0), count(*) FILTER (committed >= 0)]) AS n
    FROM reached_changes
    GROUP BY team, service, environment, reach, reached_at, from_at, until_at
  )
  WHERE n > 0 AND from_at < until_at
)
