-- A decision that comes again has the same time too, and times come nearly in order: so few rows are looked at.
CREATE OR REPLACE TEMP TABLE opa_new AS
SELECT DISTINCT ON (id, ts)
  *, to_json([team, service, environment, namespace, repository, sent_by])::VARCHAR AS words
FROM read_parquet($file) AS told
WHERE fault IS NULL AND NOT EXISTS (
  FROM opa_seen AS seen
  WHERE seen.id = told.id AND seen.ts = told.ts AND seen.ts BETWEEN $first::TIMESTAMP AND $last::TIMESTAMP
)
