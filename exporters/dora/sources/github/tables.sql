-- What GitHub has said of things that no single answer or webhook has whole: a pull request and its reviews, an issue and
-- its labels, a release and its commit. A fact is made anew from all parts of a thing whenever one comes, so that the
-- order in which they come makes no difference. One row a part: the one with the newest `said_at`, then `rank`, holds.
CREATE TABLE IF NOT EXISTS github_parts (
  source VARCHAR, repository VARCHAR, kind VARCHAR, thing VARCHAR, part VARCHAR,
  said_at TIMESTAMP, rank INTEGER, body VARCHAR
);

-- How far each attempt of a run has come: an earlier state that comes late changes nothing, and a run that has ended
-- keeps the end that was seen first. `run` is ID/ATTEMPT.
CREATE TABLE IF NOT EXISTS github_runs (
  source VARCHAR, repository VARCHAR, run VARCHAR, status VARCHAR, queued_at TIMESTAMP, updated_at TIMESTAMP,
  finished_at TIMESTAMP
);
