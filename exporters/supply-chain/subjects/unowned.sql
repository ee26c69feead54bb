SELECT DISTINCT ts, 'image' AS kind, name AS subject, 'unowned' AS team, 'fail' AS state FROM unowned_runs
UNION
SELECT ts, 'namespace', place, 'unowned', 'fail' FROM unowned_runs WHERE contains(place, '/')
