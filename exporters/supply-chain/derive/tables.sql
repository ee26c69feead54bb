-- What follows from other facts and has to be known of each time: derive.ts writes a row where it differs.

-- FACT. Of an artifact that several scanners look at for vulnerabilities: those that `scanner` reports and no other does
-- (`alone`), and those that others report and it does not (`missed`).
CREATE TABLE IF NOT EXISTS scanner_disagreements (
  artifact VARCHAR, scanner VARCHAR, alone BIGINT, missed BIGINT, occurred_at TIMESTAMP, learned_at TIMESTAMP
);

-- FACT. Whether a vulnerability's EPSS score is as high as the setting epss_high. epss_scores has the newest day alone.
CREATE TABLE IF NOT EXISTS exploit_predictions (
  vulnerability VARCHAR, is_high BOOLEAN, occurred_at TIMESTAMP, learned_at TIMESTAMP
);

-- FACT. Contents of an image that none has signed who signed the one before, each once and for ever; whose it was then.
CREATE TABLE IF NOT EXISTS signer_changes (
  name VARCHAR, artifact VARCHAR, before VARCHAR[], identities VARCHAR[], team VARCHAR, service VARCHAR,
  environment VARCHAR, occurred_at TIMESTAMP, learned_at TIMESTAMP
);

-- What was learned before is done with.
CREATE TABLE IF NOT EXISTS derived_through (what VARCHAR, through TIMESTAMP);

-- FACT. How many packages of a watched kind and range an artifact's bill of materials has; a row where it differs.
CREATE TABLE IF NOT EXISTS watch_matches (
  watch VARCHAR, artifact VARCHAR, packages BIGINT, occurred_at TIMESTAMP, learned_at TIMESTAMP
);
-- FACT. What the gate says of a running image in an environment: pass, warned, blocked, unknown, by the rule that decided.
CREATE TABLE IF NOT EXISTS gate_verdicts (
  artifact VARCHAR, environment VARCHAR, verdict VARCHAR, rule VARCHAR, occurred_at TIMESTAMP, learned_at TIMESTAMP
);
-- What is watched, as configured; `range` is '' where any version is.
CREATE TABLE IF NOT EXISTS supply_chain_watches (watch VARCHAR, purl VARCHAR, range VARCHAR);
-- Of what is derived from packages: by which configuration, and from which bill of materials of each artifact.
CREATE TABLE IF NOT EXISTS components_configured (what VARCHAR, config VARCHAR);
CREATE TABLE IF NOT EXISTS components_derived (what VARCHAR, artifact VARCHAR, digest VARCHAR);
-- When all that runs was last judged by the gate, by which rules, and through what was learned. One row.
CREATE TABLE IF NOT EXISTS gate_judged (
  config VARCHAR, judged_at TIMESTAMP, through TIMESTAMP, shared_through VARCHAR
);
