-- Since when findings are open, wherever they are, and whether their limit is over: a rebuild makes none of them younger.
SELECT f.engine, f.policy, f.resource, min(s.opened_at) AS opened_at, bool_or(s.status = 'breached') AS is_breached
FROM sla_at AS s
JOIN findings AS f USING (finding)
GROUP BY ALL
