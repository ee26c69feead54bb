-- When each part, or the whole, was last looked at.
DELETE FROM finding_looks AS l
USING looks_now AS n
WHERE l.kind = n.kind AND l.engine = n.engine AND l.scope = n.scope AND l.part IS NOT DISTINCT FROM n.part
  AND l.looked_at <= n.looked_at;
INSERT INTO finding_looks BY NAME
SELECT * FROM looks_now AS n
WHERE NOT EXISTS (
  FROM finding_looks AS l
  WHERE l.kind = n.kind AND l.engine = n.engine AND l.scope = n.scope AND l.part IS NOT DISTINCT FROM n.part
);
