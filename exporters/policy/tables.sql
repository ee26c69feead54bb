-- What views read of the configuration, brought in at start (settings.ts), and the policies that the ledger knows.

CREATE TABLE IF NOT EXISTS policy_settings (name VARCHAR, value DOUBLE);

-- Which requirement of the platform a policy stands for: the first that matches, by `position`. `engine` and `policy` may
-- have * for any text; case does not matter.
CREATE TABLE IF NOT EXISTS policy_requirements (position INTEGER, engine VARCHAR, policy VARCHAR, requirement VARCHAR);

-- DERIVED. Every policy that something was told of, with its requirement; `other` where none matches.
CREATE TABLE IF NOT EXISTS policy_rules (engine VARCHAR, policy VARCHAR, requirement VARCHAR);

-- Components of the catalog and their teams, valid_from <= day < valid_to, for what no engine looks at.
CREATE TABLE IF NOT EXISTS catalog_services (service VARCHAR, team VARCHAR, valid_from DATE, valid_to DATE);

-- What stood beside lists of exceptions and policies when a source last told them of a scope: see ended-lists.ts.
CREATE TABLE IF NOT EXISTS policy_lists (
  source VARCHAR, scope VARCHAR, kind VARCHAR, engine VARCHAR, beside JSON, parts JSON, read_at TIMESTAMP
);

-- As which kinds the files of a source of `kind: auto` were last read.
CREATE TABLE IF NOT EXISTS report_kinds (source VARCHAR, path VARCHAR, kind VARCHAR);
