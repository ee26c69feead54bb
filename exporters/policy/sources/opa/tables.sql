-- What Open Policy Agents decided, and how whole that is. All times are UTC. Owners are those of the decision's day, when
-- it was first known: a counter never falls.

-- Decisions of the last days, so that one that comes again is known: `id` is half of the md5 of its decision_id.
CREATE TABLE IF NOT EXISTS opa_seen (ts TIMESTAMP, id UBIGINT, learned_on DATE);

-- Paths that have a name of their own. `has_verdict`: it has allowed or denied something.
CREATE TABLE IF NOT EXISTS opa_paths (path VARCHAR, has_verdict BOOLEAN);

-- Owners that decisions and statuses brought, so many and no more (owners.ts); the ledger has others of findings.
CREATE TABLE IF NOT EXISTS opa_owner_keys (owner_key HUGEINT);

-- FACT. Decisions in the minute that begins at `occurred_at`. A row grows until history is written or a page is scraped
-- for the first time. Old minutes are folded into hours, which stand at their last second (retention.ts).
CREATE TABLE IF NOT EXISTS opa_decisions (
  team VARCHAR, service VARCHAR, environment VARCHAR, path VARCHAR, outcome VARCHAR, decisions BIGINT,
  occurred_at TIMESTAMP, learned_at TIMESTAMP
);

-- FACT. How long OPAs took to decide (their timer_server_handler_ns), counted by bucket of the histogram, from 1; what
-- brought no time is not in it. By the minute as above.
CREATE TABLE IF NOT EXISTS opa_times (
  team VARCHAR, service VARCHAR, environment VARCHAR, bucket BIGINT, decisions BIGINT, nanoseconds BIGINT,
  occurred_at TIMESTAMP, learned_at TIMESTAMP
);

-- FACT. Requests that OPAs say they answered with a decision, and how many of these came to us, once the upload after
-- them was well; by the minute as above.
CREATE TABLE IF NOT EXISTS opa_exports (
  team VARCHAR, service VARCHAR, environment VARCHAR, requests BIGINT, received BIGINT, occurred_at TIMESTAMP,
  learned_at TIMESTAMP
);

-- FACT. Requests of any kind by their numbers (req_id), and how many decisions came; by the minute as above.
CREATE TABLE IF NOT EXISTS opa_numbers (
  team VARCHAR, service VARCHAR, environment VARCHAR, requests BIGINT, received BIGINT, occurred_at TIMESTAMP,
  learned_at TIMESTAMP
);

-- FACT. What OPAs say they dropped, by kind; by the minute as above.
CREATE TABLE IF NOT EXISTS opa_drops (
  team VARCHAR, service VARCHAR, environment VARCHAR, kind VARCHAR, drops BIGINT, occurred_at TIMESTAMP,
  learned_at TIMESTAMP
);

-- A run of an OPA: its labels.id is new at each start. `received` are its decisions, `received_base` those before its
-- first status. `requests` are those that it says it has answered since then, `raw_requests` its own counter;
-- `settled_*` is what opa_exports has. `drops` are its own counters. `largest_post` is in bytes as posted.
CREATE TABLE IF NOT EXISTS opa_instances (
  instance VARCHAR, labels VARCHAR, team VARCHAR, service VARCHAR, environment VARCHAR, version VARCHAR, received BIGINT,
  errors BIGINT, last_number BIGINT, raw_requests BIGINT, requests BIGINT, received_base BIGINT,
  settled_requests BIGINT, settled_received BIGINT, drops VARCHAR, bundles VARCHAR, largest_post BIGINT, state VARCHAR,
  seen_at TIMESTAMP, kept_at TIMESTAMP
);

-- FACT. The state of an OPA: ok, failing (its uploads), not_ready (one of its plugins), no_status. A row where it
-- differs, and every five minutes as long as it sends something; silent after `silent_seconds` without one.
CREATE TABLE IF NOT EXISTS opa_states (
  instance VARCHAR, team VARCHAR, service VARCHAR, environment VARCHAR, state VARCHAR, silent_seconds BIGINT,
  occurred_at TIMESTAMP, learned_at TIMESTAMP
);

-- FACT. The bundles of an OPA: a row where its revision or activation differs, and every five minutes.
CREATE TABLE IF NOT EXISTS opa_bundles (
  instance VARCHAR, team VARCHAR, service VARCHAR, environment VARCHAR, bundle VARCHAR, revision VARCHAR,
  activated_at TIMESTAMP, requested_at TIMESTAMP, silent_seconds BIGINT, occurred_at TIMESTAMP, learned_at TIMESTAMP
);
