-- What exporters have seen and nothing gives to an owner; once, whichever of them has seen it.
shadow_at AS (
  SELECT
    moment, kind, lower(subject) AS subject, min(since) AS since, list_sort(list(DISTINCT exporter)) AS seen_by,
    sum(amount) FILTER (unit = 'findings') AS findings
  FROM subjects_at
  WHERE "check" = 'owned' AND state = 'fail'
  GROUP BY moment, kind, lower(subject)
)
