-- What a running image is told of as: its own content, else by its tag or by its name alone (life/runs.sql).
running_as AS (
  SELECT DISTINCT ts, artifact, artifact AS told_as, 1 AS rank FROM running_at
  UNION ALL
  SELECT DISTINCT ts, artifact, concat(name, ':', tag), 2 FROM running_told WHERE tag <> ''
  UNION ALL
  SELECT DISTINCT r.ts, r.artifact, a.artifact, 3
  FROM running_told AS r
  JOIN artifacts AS a ON a.name = r.name AND a.tag = r.tag
  WHERE NOT r.has_digest AND r.tag <> ''
  UNION ALL
  SELECT DISTINCT ts, artifact, name, 4 FROM running_told
)
