-- Several entities of one service are taken together, point by point.
service_ratios AS (
  SELECT ts, team, service, scorecard, sum(score)::DOUBLE / sum(most_score)::DOUBLE AS ratio
  FROM standings_at
  WHERE most_score > 0
  GROUP BY ts, team, service, scorecard
)
