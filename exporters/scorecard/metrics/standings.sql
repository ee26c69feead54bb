-- How far each service has come. Weights are decimals, so that a sum doesn't depend on its order.
standings AS (
  SELECT
    moment, team, service,
    coalesce(sum(weight) FILTER (state = 'pass'), 0) AS passed, coalesce(sum(weight) FILTER (state = 'fail'), 0) AS failed,
    coalesce(sum(weight) FILTER (state = 'not_measured'), 0) AS unmeasured,
    coalesce(min(level_rank) FILTER (state IN ('fail', 'not_measured')), 4) - 1 AS level_rank
  FROM checks_at
  GROUP BY moment, team, service
)
