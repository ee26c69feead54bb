-- Lines of audits whose other lines have not been read yet: a log that was rotated, or is shipped a few lines at a time.
-- `run` is the audit's id, `body` the rest of the line. They go once a later run is complete.
CREATE TABLE IF NOT EXISTS gatekeeper_lines (
  scope VARCHAR, run TIMESTAMP, digest VARCHAR, type VARCHAR, owner VARCHAR, body VARCHAR, learned_at TIMESTAMP
);

-- The newest audit of a scope that the log told wholly: lists in constraints, which are cut, tell nothing beside it.
CREATE TABLE IF NOT EXISTS gatekeeper_audits (scope VARCHAR, run TIMESTAMP);
