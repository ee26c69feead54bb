-- Who owned what, when. Filled by catalog/owners.ts from the catalog, the rules and the splits of each version.

-- The catalog and rules as they were from a day on; the first version holds for all the past.
CREATE TABLE IF NOT EXISTS ownership_versions (
  version INTEGER, valid_from DATE, digest VARCHAR, document JSON, learned_at TIMESTAMP
);

-- Each distinct set of attributes that rules may read. Domains insert; `owner_key` is the md5 of `attributes` as HUGEINT.
CREATE TABLE IF NOT EXISTS owner_keys (owner_key HUGEINT, attributes JSON, learned_at TIMESTAMP);

-- The owner of a key in spans without gaps: valid_from <= day < valid_to. `split` names the split that shares it out.
-- `rules` tells which rule gave each attribute.
CREATE TABLE IF NOT EXISTS owners (
  owner_key HUGEINT, valid_from DATE, valid_to DATE, team VARCHAR, service VARCHAR, environment VARCHAR,
  split VARCHAR, rules JSON, learned_at TIMESTAMP
);

-- How shared cost is split in a span: one row a team; the weight is NULL where it is proportional to own spend or to
-- usage. `usage` and `carry_days` are those of the method usage, whose teams share where there is no usage.
CREATE TABLE IF NOT EXISTS splits (
  split VARCHAR, valid_from DATE, valid_to DATE, method VARCHAR, team VARCHAR, weight BIGINT
);
ALTER TABLE splits ADD COLUMN IF NOT EXISTS usage VARCHAR;
ALTER TABLE splits ADD COLUMN IF NOT EXISTS carry_days INTEGER;

-- The newest version that all keys were resolved with; behind ownership_versions after a new one, also when the
-- process was killed between the two. One row.
CREATE TABLE IF NOT EXISTS owners_resolved (version INTEGER);
