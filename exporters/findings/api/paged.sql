-- Where the page begins, and the words about what is on it.
paged AS (
  SELECT
    w.*, f.resource, f.title, f.message, f.location, f.url, f.original_severity, w.finding::VARCHAR AS id,
    epoch($now::TIMESTAMP - w.opened_at)::BIGINT AS age_seconds, (SELECT count(*) FROM wanted) AS total
  FROM (
    SELECT *
    FROM wanted
    WHERE $after_rank IS NULL OR (rank, opened_at, finding, scope)
      > ($after_rank::BIGINT, $after_opened::TIMESTAMP, $after_finding::HUGEINT, $after_scope)
    ORDER BY rank, opened_at, finding, scope
    LIMIT $limit::BIGINT
  ) AS w
  JOIN findings AS f USING (finding)
)
