-- When lists were last read.
DELETE FROM finding_looks AS l
USING fresh_lists AS n
WHERE l.kind = n.kind AND l.engine = n.engine AND l.scope = n.scope AND l.part = n.prefix AND l.looked_at <= n.read_at;
INSERT INTO finding_looks BY NAME
SELECT kind, engine, scope, prefix AS part, max(read_at) AS looked_at
FROM fresh_lists AS n
WHERE NOT EXISTS (
  FROM finding_looks AS l
  WHERE l.kind = n.kind AND l.engine = n.engine AND l.scope = n.scope AND l.part = n.prefix
)
GROUP BY ALL;
