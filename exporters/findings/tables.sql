-- The life of findings, shared by policy and supply chain. store.ts writes; views read the `_known` views of those
-- tables that are facts. Rows are added where something differs, never changed: `occurred_at` is when it came to be so,
-- `learned_at` when we knew. All times are UTC. `owner_key` is the md5 of canonical attributes (catalog/tables.sql).

-- What a finding is: (engine, policy, resource) for ever; the words about it are the newest report's.
CREATE TABLE IF NOT EXISTS findings (
  finding HUGEINT, engine VARCHAR, policy VARCHAR, resource VARCHAR, title VARCHAR, message VARCHAR, location VARCHAR,
  url VARCHAR, original_severity VARCHAR, told_at TIMESTAMP, learned_at TIMESTAMP
);

-- FACT. The state of a finding in a scope: open, excepted, unknown (reason: not_evaluated, partial, truncated, error,
-- skipped) or resolved (reason: fixed where it passes now, gone where it is listed no longer,
-- moved where it goes on in another scope). A new row where state,
-- reason, part, severity, enforcement or owner differ. Of two rows the one that occurred later holds, of two of one
-- time the one learned later. `opened_at` is when the current episode (the last one, where it is resolved) was first
-- violated, as it was known then; NULL where it never was but excepted. `first_seen_at` is when it was seen at all;
-- where that is learned late, the newest row is told anew with it, and a row `open` stands before all others.
-- `last_seen_at` is the last look that saw it, once it is unknown or resolved. `episode` counts how often it was
-- opened.
CREATE TABLE IF NOT EXISTS finding_states (
  finding HUGEINT, engine VARCHAR, policy VARCHAR, scope VARCHAR, part VARCHAR, state VARCHAR, reason VARCHAR,
  severity VARCHAR, enforcement VARCHAR, owner_key HUGEINT, opened_at TIMESTAMP, first_seen_at TIMESTAMP,
  last_seen_at TIMESTAMP, episode INTEGER, occurred_at TIMESTAMP, learned_at TIMESTAMP
);
-- From when on no view sees it, whatever counts from when it was learned: another row had taken its place by then. NULL
-- where none had, or nobody has looked (life/superseded.sql): views leave such rows alone, of which a ledger has the most.
ALTER TABLE finding_states ADD COLUMN IF NOT EXISTS superseded_at TIMESTAMP;
-- One row: what was learned before has been looked at.
CREATE TABLE IF NOT EXISTS finding_states_settled (through TIMESTAMP);

-- FACT. Episodes that have ended or begun, counted once and never taken back: what counters add up. `event` is opened,
-- reopened, resolved (reason fixed or gone; `seconds` since it was opened). Its owner is who it was when it was counted
-- (store.ts settles it once), so that a reorganisation lowers no counter.
CREATE TABLE IF NOT EXISTS finding_events (
  finding HUGEINT, engine VARCHAR, policy VARCHAR, scope VARCHAR, event VARCHAR, reason VARCHAR, severity VARCHAR,
  enforcement VARCHAR, owner_key HUGEINT, team VARCHAR, service VARCHAR, environment VARCHAR, seconds BIGINT,
  occurred_at TIMESTAMP, learned_at TIMESTAMP
);

-- FACT. One row a report: a look at a scope (or some parts of it: `parts` is their number, 0 for the whole). Old rows
-- go (retention.ts), so no counter may count them. It is stale `stale_seconds` after it occurred; NULL never. `listed`
-- are its results, `missing` what its list was cut by.
CREATE TABLE IF NOT EXISTS finding_reports (
  engine VARCHAR, scope VARCHAR, source VARCHAR, completeness VARCHAR, reason VARCHAR, parts BIGINT, listed BIGINT,
  missing BIGINT, stale_seconds BIGINT, digest VARCHAR, owner_key HUGEINT, occurred_at TIMESTAMP, learned_at TIMESTAMP
);

-- FACT. How many results of each outcome a scope's part has of a policy and an owner, from its newest report; a row
-- where the number differs, 0 where there are none any more. `fail` and `excepted` are of distinct findings.
CREATE TABLE IF NOT EXISTS finding_tallies (
  engine VARCHAR, scope VARCHAR, part VARCHAR, policy VARCHAR, outcome VARCHAR, severity VARCHAR, enforcement VARCHAR,
  owner_key HUGEINT, results BIGINT, occurred_at TIMESTAMP, learned_at TIMESTAMP
);

-- FACT. Violations of a policy as the engine counts them, and how many of them it listed; a row where either differs.
CREATE TABLE IF NOT EXISTS finding_totals (
  engine VARCHAR, scope VARCHAR, part VARCHAR, policy VARCHAR, violations BIGINT, listed BIGINT, occurred_at TIMESTAMP,
  learned_at TIMESTAMP
);

-- FACT. Exceptions; the newest row of (engine, scope, exception, policy) holds, `holds` false where it is gone.
CREATE TABLE IF NOT EXISTS finding_exceptions (
  engine VARCHAR, scope VARCHAR, exception VARCHAR, policy VARCHAR, resource VARCHAR, reason VARCHAR,
  approved_by VARCHAR, created_at TIMESTAMP, expires_at TIMESTAMP, is_applied BOOLEAN, owner_key HUGEINT, url VARCHAR,
  holds BOOLEAN, occurred_at TIMESTAMP, learned_at TIMESTAMP
);

-- FACT. The mode of a policy in a scope; the newest row of (engine, scope, policy) holds, `holds` false where it is
-- gone.
CREATE TABLE IF NOT EXISTS finding_policies (
  engine VARCHAR, scope VARCHAR, policy VARCHAR, title VARCHAR, enforcement VARCHAR, severity VARCHAR, holds BOOLEAN,
  occurred_at TIMESTAMP, learned_at TIMESTAMP
);

-- FACT. Requests and runs that were refused (enforcement enforce) or would have been; each once, by its own id. Its
-- owner is settled once, as that of an event.
CREATE TABLE IF NOT EXISTS finding_blocks (
  id VARCHAR, engine VARCHAR, scope VARCHAR, policy VARCHAR, resource VARCHAR, enforcement VARCHAR, owner_key HUGEINT,
  team VARCHAR, service VARCHAR, environment VARCHAR, message VARCHAR, occurred_at TIMESTAMP, learned_at TIMESTAMP
);

-- What the newest look at each part of a scope lists of findings: fail, excepted, or unknown with its reason. A finding
-- that several parts list is open while one of them says so. Kept up, not added to.
CREATE TABLE IF NOT EXISTS finding_listings (
  finding HUGEINT, engine VARCHAR, policy VARCHAR, scope VARCHAR, part VARCHAR, outcome VARCHAR, reason VARCHAR,
  severity VARCHAR, enforcement VARCHAR, owner_key HUGEINT
);

-- The newest look at each part of a scope that did not fail, by what was looked at: `kind` is report, exceptions
-- (`part` is the prefix of ids) or policies. A report of the whole scope has `part` NULL. What it found is stale
-- `stale_seconds` later; NULL never. Kept up, not added to.
CREATE TABLE IF NOT EXISTS finding_looks (
  kind VARCHAR, engine VARCHAR, scope VARCHAR, part VARCHAR, looked_at TIMESTAMP
);
ALTER TABLE finding_looks ADD COLUMN IF NOT EXISTS stale_seconds BIGINT;
