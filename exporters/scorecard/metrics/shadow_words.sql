costs AS (
  SELECT
    kind, lower(subject) AS subject, unit AS currency, sum(amount) AS cost,
    row_number() OVER (PARTITION BY kind, lower(subject) ORDER BY sum(amount) DESC) AS place
  FROM subjects_at
  WHERE "check" = 'owned' AND state = 'fail' AND unit NOT IN ('', 'findings') AND amount IS NOT NULL
  GROUP BY kind, lower(subject), unit
),
seen AS (
  SELECT kind, lower(subject) AS subject, any_value(subject) AS name, max(from_at) AS changed_at
  FROM subject_spans
  WHERE "check" = 'owned' AND state = 'fail'
  GROUP BY ALL
),
first_seen AS (
  SELECT kind, lower(subject) AS subject, min(coalesce(least(since, effective_at), effective_at)) AS first_seen_at
  FROM subject_states_known
  WHERE "check" = 'owned' AND state = 'fail'
  GROUP BY ALL
)
