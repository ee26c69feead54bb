-- Names for paths while there is room, half of it for those that have allowed or denied something, so that whoever asks
-- for what doesn't exist can't use it up. A path keeps what it has: a counter must not move to another series.
INSERT INTO opa_paths
WITH told AS (
  SELECT path, bool_or(outcome IN ('allow', 'deny')) AS has_verdict, count(*) AS n
  FROM opa_new WHERE path NOT IN (SELECT path FROM opa_paths)
  GROUP BY path
),
known AS (SELECT count(*) AS n, count(*) FILTER (NOT has_verdict) AS others FROM opa_paths),
fitting AS (
  SELECT *, row_number() OVER (PARTITION BY has_verdict ORDER BY n DESC, path) AS rank FROM told
  QUALIFY has_verdict OR rank + (SELECT others FROM known) <= $most::BIGINT // 2
)
SELECT path, has_verdict FROM fitting
QUALIFY row_number() OVER (ORDER BY has_verdict DESC, rank) + (SELECT n FROM known) <= $most::BIGINT
