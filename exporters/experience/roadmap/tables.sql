-- The roadmap: what trackers say of the platform team's work. All times are UTC, naive. No title, text or person.

-- One row a version of an item, in the order of `version`: its newest that counts holds. `status` is backlog, todo,
-- in_progress, done or cancelled; `area` is '' where it has none; `key` and `url` are for people who look one up. `cycle_*`
-- are the first and last day of its sprint, cycle or iteration. Its times may lie after the version's: a version of the
-- past is told when later ones are known. `told_at` is the moment that what told of it speaks of: when a tracker was asked,
-- or when an export was made, which may have been read (`learned_at`) long after. `occurred_at` is when the tracker says that it was changed, or when it
-- told us of what it dates no later than what we had seen. No row of an item occurred before an earlier one.
CREATE TABLE IF NOT EXISTS roadmap_items (
  source VARCHAR, item VARCHAR, version BIGINT, key VARCHAR, url VARCHAR, status VARCHAR, area VARCHAR,
  owner_key HUGEINT, is_feedback BOOLEAN, is_office_hours BOOLEAN, is_deleted BOOLEAN,
  created_at TIMESTAMP, started_at TIMESTAMP, ended_at TIMESTAMP, answered_at TIMESTAMP,
  due_on DATE, cycle_from DATE, cycle_until DATE, occurred_at TIMESTAMP, learned_at TIMESTAMP,
  told_at TIMESTAMP
);
ALTER TABLE roadmap_items ADD COLUMN IF NOT EXISTS told_at TIMESTAMP;

-- When each item was changed last by its tracker's clock, as it was seen last: also where nothing that is kept differed.
CREATE TABLE IF NOT EXISTS roadmap_seen (source VARCHAR, item VARCHAR, changed_at TIMESTAMP);

-- What happened once and stays: an item was opened, was done (again after it was reopened), somebody came to office hours
-- (visited). DERIVED from roadmap_items, added to alone.
CREATE TABLE IF NOT EXISTS roadmap_events (
  source VARCHAR, item VARCHAR, event VARCHAR, owner_key HUGEINT, occurred_at TIMESTAMP, learned_at TIMESTAMP
);

-- When a source first told of all its items, `told_at`: from then on a quarter's first day has a snapshot.
CREATE TABLE IF NOT EXISTS roadmap_snapshots (
  source VARCHAR, owner_key HUGEINT, occurred_at TIMESTAMP, learned_at TIMESTAMP, told_at TIMESTAMP
);
ALTER TABLE roadmap_snapshots ADD COLUMN IF NOT EXISTS told_at TIMESTAMP;

-- Which tracker each API tells of, as configured.
CREATE TABLE IF NOT EXISTS roadmap_trackers (source VARCHAR, tracker VARCHAR);

-- What was read of the exports of a source: the first and the last moment that they speak of, how many there were, and of
-- the last one how many items it has, how many more another source tells of, and what no column of it says.
CREATE TABLE IF NOT EXISTS roadmap_exports (
  source VARCHAR, kind VARCHAR, tracker VARCHAR, first_at TIMESTAMP, last_at TIMESTAMP, exports INTEGER, items INTEGER,
  elsewhere INTEGER, silent VARCHAR
);

-- Settings that views read, as configured.
CREATE TABLE IF NOT EXISTS roadmap_settings (name VARCHAR, value DOUBLE);
