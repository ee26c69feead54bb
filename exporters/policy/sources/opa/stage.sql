-- A decision that comes again has the same time too, and times come nearly in order: so few rows are looked at. Where no
-- id is in the file twice, store.ts leaves DISTINCT out.
CREATE OR REPLACE TEMP TABLE opa_new AS
SELECT DISTINCT ON (id, ts)
  filename, id, ts, path, outcome, request, took, labels, words, sent_by, hash(labels, words, sent_by) AS spoken
FROM read_parquet($file) AS told
WHERE fault IS NULL AND NOT EXISTS (
  FROM opa_seen AS seen
  WHERE seen.id = told.id AND seen.ts = told.ts AND seen.ts BETWEEN $first::TIMESTAMP AND $last::TIMESTAMP
)
