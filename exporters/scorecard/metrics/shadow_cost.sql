SELECT moment AS ts, kind, unit AS currency, sum(amount) AS value
FROM subjects_at
WHERE "check" = 'owned' AND state = 'fail' AND unit NOT IN ('', 'findings') AND amount IS NOT NULL
GROUP BY ALL
