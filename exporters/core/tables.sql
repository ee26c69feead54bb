-- What every ledger keeps beside its domain's facts. All times are UTC, naive. How long: retention.ts.

-- Where each source goes on from; committed with the batch it follows.
CREATE TABLE IF NOT EXISTS cursors (source VARCHAR, cursor JSON, updated_at TIMESTAMP);

-- One row a refresh.
CREATE TABLE IF NOT EXISTS runs (
  source VARCHAR, started_at TIMESTAMP, ended_at TIMESTAMP, ok BOOLEAN,
  records BIGINT, changed BIGINT, rejected BIGINT, error VARCHAR
);

-- Records that could not be read, with where they stand; replaced when their file is read anew.
CREATE TABLE IF NOT EXISTS rejects (
  source VARCHAR, file VARCHAR, line BIGINT, reason VARCHAR, field VARCHAR, value VARCHAR, learned_at TIMESTAMP
);

-- Counters of the program itself that must survive a restart.
CREATE TABLE IF NOT EXISTS source_totals (source VARCHAR, kind VARCHAR, reason VARCHAR, value BIGINT);

-- Files seen: `loaded`, `waiting` (still being written), `broken` (truncated, empty, not readable), `duplicate`.
CREATE TABLE IF NOT EXISTS files (
  source VARCHAR, path VARCHAR, size BIGINT, mtime_ms BIGINT, digest VARCHAR,
  state VARCHAR, reason VARCHAR, records BIGINT, learned_at TIMESTAMP
);

-- Every value a daily series' day was published with. The newest revision of a day is its value.
-- `labels` is the canonical label text of the exposition format, names in the family's order.
CREATE SEQUENCE IF NOT EXISTS published_sequence;
CREATE TABLE IF NOT EXISTS published (
  metric VARCHAR, labels VARCHAR, day DATE, revision INTEGER, value DOUBLE, published_at TIMESTAMP,
  sequence BIGINT DEFAULT nextval('published_sequence')
);

-- The first instant at which a family was scraped; history is written only before it.
CREATE TABLE IF NOT EXISTS seams (metric VARCHAR, first_live TIMESTAMP);

-- How far history of a family was written to a target, and when.
CREATE TABLE IF NOT EXISTS watermarks (target VARCHAR, metric VARCHAR, through TIMESTAMP, written_at TIMESTAMP);

-- The last `published.sequence` a target has.
CREATE TABLE IF NOT EXISTS delivered (target VARCHAR, sequence BIGINT, updated_at TIMESTAMP);

-- The last UTC day on which the ledger was pruned.
CREATE TABLE IF NOT EXISTS pruned_days (day DATE);

-- Series on the page. One that an additive family no longer has is served as 0 until a day after `gone_at`.
CREATE TABLE IF NOT EXISTS served (family VARCHAR, labels VARCHAR, gone_at TIMESTAMP);
