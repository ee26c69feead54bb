-- Happens when it is resolved.
counted AS (
  SELECT {'team': team, 'service': service, 'environment': environment} AS labels, resolved_at AS happened_at, from_at,
    until_at, date_sub('second', started_at, resolved_at) AS seconds
  FROM incident_spans
  WHERE status = 'resolved' AND resolved_at >= started_at AND reason <> 'not_production'
)
