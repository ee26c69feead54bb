SELECT
  s.kind, n.name AS subject, f.first_seen_at, s.moment AS last_seen_at, array_to_string(s.seen_by, ' ') AS seen_by,
  c.cost::DECIMAL(38, 2)::VARCHAR AS cost, c.currency, s.findings, count(*) OVER () AS total
FROM shadow_at AS s
JOIN seen AS n USING (kind, subject)
JOIN first_seen AS f USING (kind, subject)
LEFT JOIN costs AS c ON c.kind = s.kind AND c.subject = s.subject AND c.place = 1
WHERE ($kinds IS NULL OR list_contains(from_json($kinds, '["VARCHAR"]'), s.kind))
  AND ($exporters IS NULL OR list_has_any(from_json($exporters, '["VARCHAR"]')::VARCHAR[], s.seen_by))
ORDER BY c.cost DESC NULLS LAST, s.findings DESC NULLS LAST, s.kind, s.subject
LIMIT $limit OFFSET $offset
