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
