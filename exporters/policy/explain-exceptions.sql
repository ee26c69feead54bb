SELECT status, count(*) AS n
FROM exceptions_at
WHERE engine = $engine AND policy IN ($policy, '*')
GROUP BY status
ORDER BY status
