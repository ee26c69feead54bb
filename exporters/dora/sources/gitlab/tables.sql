-- Where the reading of each part of a project or group goes on from. `part` is '' for the project as a whole, whose
-- cursor says how it is called and whether its past has been read.
CREATE TABLE IF NOT EXISTS gitlab_cursors (
  source VARCHAR, project VARCHAR, part VARCHAR, cursor JSON, updated_at TIMESTAMP
);
