-- Each change counts once for a reach, as it was first known.
observed AS (
  SELECT {'team': team, 'service': service, 'environment': environment, 'clock': clock, 'reach': reach} AS labels,
    seconds, effective_at
  FROM (
    SELECT team, service, environment, reach, 'authored' AS clock, authored AS seconds, effective_at
    FROM counted_changes_known
    UNION ALL
    SELECT team, service, environment, reach, 'committed', committed, effective_at FROM counted_changes_known
  )
  WHERE seconds >= 0
)
