-- The scorecard's ledger: what exporters say of subjects, and what the catalog said when. All times are UTC. A row is added
-- where something differs, never changed: `occurred_at` is when it came to be so, `learned_at` when we knew.

-- FACT. What an exporter says of a subject by one of its checks: the newest row of (exporter, check, kind, subject, service,
-- environment) holds. `state` is pass, fail, unknown, or gone where it says nothing of it any more; `since` when the state
-- began. `amount` with `unit` is its weight. The exporters catalog, slos, prometheus and told are the scorecard's own.
CREATE TABLE IF NOT EXISTS subject_states (
  exporter VARCHAR, "check" VARCHAR, kind VARCHAR, subject VARCHAR, team VARCHAR, service VARCHAR, environment VARCHAR,
  state VARCHAR, since TIMESTAMP, detail VARCHAR, amount DECIMAL(38, 10), unit VARCHAR, occurred_at TIMESTAMP,
  learned_at TIMESTAMP
);

-- FACT. When a check was told last by who may fall silent, one row an hour at most: another server's exporter, a query, a
-- file; of one `subject` alone, a post; else that is ''. What it said is not known any more `stale_hours` later.
CREATE TABLE IF NOT EXISTS subject_looks (
  exporter VARCHAR, "check" VARCHAR, occurred_at TIMESTAMP, learned_at TIMESTAMP
);
ALTER TABLE subject_looks ADD COLUMN IF NOT EXISTS subject VARCHAR DEFAULT '';

-- FACT. Services of the catalog; the newest row of `ref` holds, `holds` false where it is gone. Texts in lower case but for
-- `service`, `team` and `repository`.
CREATE TABLE IF NOT EXISTS catalog_entries (
  ref VARCHAR, service VARCHAR, team VARCHAR, type VARCHAR, lifecycle VARCHAR, tier VARCHAR, system VARCHAR,
  tags VARCHAR[], repository VARCHAR, holds BOOLEAN, occurred_at TIMESTAMP, learned_at TIMESTAMP
);

-- As configured. An empty list of what a check applies to is any.
CREATE TABLE IF NOT EXISTS scorecard_checks (
  id VARCHAR, title VARCHAR, exporter VARCHAR, facts VARCHAR, level VARCHAR, level_rank INTEGER, weight DOUBLE,
  is_required BOOLEAN, link VARCHAR, environments VARCHAR[], types VARCHAR[], lifecycles VARCHAR[], tiers VARCHAR[],
  tags VARCHAR[], teams VARCHAR[], systems VARCHAR[]
);
CREATE TABLE IF NOT EXISTS scorecard_exemptions (
  "check" VARCHAR, service VARCHAR, team VARCHAR, reason VARCHAR, approved_by VARCHAR, valid_from DATE, valid_until DATE
);
CREATE TABLE IF NOT EXISTS scorecard_settings (name VARCHAR, value DOUBLE);
