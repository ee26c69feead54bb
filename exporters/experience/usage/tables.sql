-- Who used what of the platform, and what is told of it. All times are UTC. A person is a pseudonym; paths, names, texts
-- and search terms that were acted on are matched when they come, and not kept.

-- Kinds of use: all that features are matched by, and no more. `subjects` are digests of the lists of subject patterns
-- that matched, with commas between them; `template` is that of a task, else ''.
CREATE TABLE IF NOT EXISTS usage_kinds (
  kind VARCHAR, action VARCHAR, plugin VARCHAR, route VARCHAR, subjects VARCHAR, template VARCHAR
);

-- That a person used a kind on a day, and when first; a row more where an earlier time becomes known. '' is nobody in
-- particular.
CREATE TABLE IF NOT EXISTS usage_days (day DATE, person VARCHAR, kind VARCHAR, first_at TIMESTAMP, learned_at TIMESTAMP);

-- Days that use is known of, also use by nobody in particular, and when something of it was last learned.
CREATE TABLE IF NOT EXISTS usage_known_days (day DATE, changed_at TIMESTAMP);

-- Events of the last weeks, so that one that comes again is known: `id` is 64 bits of an HMAC of it.
CREATE TABLE IF NOT EXISTS usage_seen (ts TIMESTAMP, id UBIGINT);

-- Names that have a series of their own, by family; a name that went would make a counter fall.
CREATE TABLE IF NOT EXISTS usage_names (family VARCHAR, name VARCHAR);

-- FACT. Counts of what happened, at the end of the hour that it happened in: `event` by action and feature, `undeclared`
-- by plugin, `search` by result, `view` of documentation by team and service that own it, `task` by template. Old hours
-- are folded into days.
CREATE TABLE IF NOT EXISTS usage_counts (
  family VARCHAR, label VARCHAR, other_label VARCHAR, n BIGINT, is_folded BOOLEAN, occurred_at TIMESTAMP,
  learned_at TIMESTAMP
);

-- FACT. A task of a template in a state from `occurred_at` on. `task` is an HMAC of its id, `person` a pseudonym, or ''.
CREATE TABLE IF NOT EXISTS usage_tasks (
  source VARCHAR, task VARCHAR, template VARCHAR, status VARCHAR, person VARCHAR, created_at TIMESTAMP,
  occurred_at TIMESTAMP, learned_at TIMESTAMP
);

-- FACT. What was published of a window that is over: `window` is 7d (Monday to Sunday) or 28d (four such weeks),
-- `period_end` the day after its last. Rows of one release belong together; the row of the measure `release` stands for
-- it, `cutoff` is until when what it counts had been learned, `settings` a digest of the configuration it was made with.
CREATE TABLE IF NOT EXISTS usage_results (
  "window" VARCHAR, period_end DATE, release INTEGER, measure VARCHAR, team VARCHAR, feature VARCHAR, value DOUBLE,
  cutoff TIMESTAMP, settings VARCHAR, occurred_at TIMESTAMP, learned_at TIMESTAMP
);

-- Periods whose later facts wait for more of them (release/publish.sql), and when the newest of them was learned.
CREATE TABLE IF NOT EXISTS usage_held ("window" VARCHAR, period_end DATE, changed_at TIMESTAMP);

-- The team of a person in spans of days, from the catalog's versions.
CREATE TABLE IF NOT EXISTS usage_people (person VARCHAR, team VARCHAR, valid_from DATE, valid_to DATE);

-- The teams of the catalog that are no departments of others, in spans of days.
CREATE TABLE IF NOT EXISTS usage_teams (team VARCHAR, valid_from DATE, valid_to DATE);

-- The configuration as views and releases read it.
CREATE TABLE IF NOT EXISTS usage_features (feature VARCHAR, is_golden_path BOOLEAN, has_templates BOOLEAN);
CREATE TABLE IF NOT EXISTS usage_kind_features (kind VARCHAR, feature VARCHAR);
CREATE TABLE IF NOT EXISTS usage_settings (name VARCHAR, value DOUBLE);
