SELECT count(*) AS n, list(name ORDER BY name)[1:5] AS named
FROM (
  SELECT DISTINCT name FROM artifacts SEMI JOIN artifact_scans USING (artifact) WHERE kind = 'image'
  EXCEPT SELECT name FROM running_images
)
WHERE EXISTS (FROM running_looks)
HAVING count(*) > 0
