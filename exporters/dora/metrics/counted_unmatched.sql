counted AS (
  SELECT {'team': team, 'reason': reason} AS labels, started_at AS happened_at, from_at, until_at, 1 AS n
  FROM incident_spans
  WHERE deployment = '' AND status IN ('open', 'resolved')
)
