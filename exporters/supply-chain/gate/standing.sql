-- What else is known of the images of gate_artifacts: their bills of materials, signatures and provenance.
SELECT
  g.artifact, any_value(a.name) AS name, any_value(coalesce(a.tag, '')) AS tag,
  any_value(coalesce(s.status, 'missing')) AS sbom, any_value(coalesce(t.signature, 'unknown')) AS signature,
  any_value(coalesce(t.provenance, 'unknown')) AS provenance, any_value(coalesce(t.level, 0)) AS level,
  map_from_entries(list({'key': c.class, 'value': c.status}) FILTER (c.class IS NOT NULL))::JSON AS scans
FROM (SELECT DISTINCT artifact FROM gate_artifacts) AS g
JOIN (SELECT DISTINCT ON (artifact) * FROM artifacts ORDER BY artifact, name) AS a USING (artifact)
LEFT JOIN sboms_at AS s USING (artifact)
LEFT JOIN signatures_at AS t USING (artifact)
LEFT JOIN gate_scans AS c USING (artifact)
GROUP BY g.artifact
