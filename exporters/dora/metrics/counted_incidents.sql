counted AS (
  SELECT {'team': team, 'service': service, 'environment': environment, 'status': status} AS labels,
    started_at AS happened_at, from_at, until_at, 1 AS n
  FROM incident_spans
  WHERE reason <> 'not_production'
)
