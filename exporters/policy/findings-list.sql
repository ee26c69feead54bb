SELECT
  w.*, f.resource, f.title, f.message, f.location, f.url, f.original_severity, w.finding::VARCHAR AS id,
  epoch($now::TIMESTAMP - w.opened_at)::BIGINT AS age_seconds, (SELECT count(*) FROM wanted) AS total
FROM (
  SELECT *
  FROM wanted
  WHERE $after_rank IS NULL OR (rank, opened_at, finding)
    > ($after_rank::INTEGER, $after_opened::TIMESTAMP, $after_finding::HUGEINT)
  ORDER BY rank, opened_at, finding
  LIMIT $limit::BIGINT
) AS w
JOIN findings AS f USING (finding)
ORDER BY w.rank, w.opened_at, w.finding
