-- The cost exporter's ledger. It is a journal: a row is a posting, a difference to what was known before; the sum of a
-- key's postings is its value, the sum of those learned by t is its value as known at t. Nothing is ever updated.

-- The grain: everything that identifies a charge but its day, its period and its amounts. Not the line item.
-- key_id is the md5 of all columns as HUGEINT. Absent text is ''. `charge_category` is FOCUS's own; `commitment_status`
-- is Used, Unused or '', `commitment_id` names the commitment discount. `tags` holds the tags that rules read, canonical JSON with sorted names; `resource_id` is ''
-- unless a rule reads it. `tagging` is tagged, untagged (could carry a tag and carries none that the rules read) or
-- untaggable. `owner_key` refers to owner_keys.
CREATE TABLE IF NOT EXISTS charge_keys (
  key_id HUGEINT, provider VARCHAR, billing_account VARCHAR, sub_account VARCHAR, region VARCHAR,
  service_category VARCHAR, service_name VARCHAR, sku VARCHAR, charge_category VARCHAR, charge_class VARCHAR,
  commitment_status VARCHAR, commitment_id VARCHAR, currency VARCHAR, unit VARCHAR, tagging VARCHAR, tags JSON, resource_id VARCHAR,
  owner_key HUGEINT
);
-- A ledger of before there were commitments; its bills are read again.
ALTER TABLE charge_keys ADD COLUMN IF NOT EXISTS commitment_id VARCHAR DEFAULT '';

-- Postings of what the bills say. `origin` is the delivery (a file, or a billing period's folder) the posting is from.
-- occurred_at is the end of the charge day.
CREATE TABLE IF NOT EXISTS charges (
  origin VARCHAR, charge_day DATE, billing_period DATE, key_id HUGEINT,
  billed DECIMAL(38,10), effective DECIMAL(38,10), list DECIMAL(38,10), contracted DECIMAL(38,10),
  quantity DECIMAL(38,10), occurred_at TIMESTAMP, learned_at TIMESTAMP
);

-- Postings of who bears it after ownership and splits; for every day, currency and basis their sum is the bill.
CREATE TABLE IF NOT EXISTS allocations (
  charge_day DATE, billing_period DATE, team VARCHAR, service VARCHAR, environment VARCHAR,
  provider VARCHAR, service_category VARCHAR, service_name VARCHAR, charge_category VARCHAR, currency VARCHAR,
  tagging VARCHAR, billed DECIMAL(38,10), effective DECIMAL(38,10), list DECIMAL(38,10), contracted DECIMAL(38,10),
  occurred_at TIMESTAMP, learned_at TIMESTAMP
);

-- What is known of a billing period: `status` is Open, Closed or '' where no one says; `invoice_ids` counts the invoices
-- of its deliveries, 0 while a charge with a BilledCost bears none.
CREATE TABLE IF NOT EXISTS billing_periods (
  provider VARCHAR, billing_account VARCHAR, billing_period DATE, status VARCHAR, invoice_ids BIGINT, learned_at TIMESTAMP
);

-- What each origin's delivery now says of invoices: its distinct ids, and whether a charge with a BilledCost bears none.
CREATE TABLE IF NOT EXISTS period_invoices (
  origin VARCHAR, provider VARCHAR, billing_account VARCHAR, billing_period DATE, invoice_ids BIGINT, lacks_invoice BOOLEAN
);

-- What the FOCUS Billing Period dataset says, by invoice issuer, and which providers an issuer was seen to bill for.
CREATE TABLE IF NOT EXISTS billing_period_statements (
  issuer VARCHAR, billing_period DATE, status VARCHAR, learned_at TIMESTAMP
);
CREATE TABLE IF NOT EXISTS invoice_issuers (issuer VARCHAR, provider VARCHAR);

-- Which file or folder gave an origin its present postings. `shape` names the grain it was read with: rules that read
-- other tags or attributes make another, and the file is read again.
CREATE TABLE IF NOT EXISTS deliveries (
  source VARCHAR, origin VARCHAR, path VARCHAR, mtime_ms BIGINT, shape VARCHAR, learned_at TIMESTAMP
);

-- Money that moved on days already known, by direction; amounts are positive. occurred_at is learned_at.
CREATE TABLE IF NOT EXISTS restatements (
  provider VARCHAR, currency VARCHAR, direction VARCHAR, charge_day DATE,
  billed DECIMAL(38,10), effective DECIMAL(38,10), list DECIMAL(38,10), contracted DECIMAL(38,10),
  occurred_at TIMESTAMP, learned_at TIMESTAMP
);

-- Days whose allocation is out of date; the derivation empties it in the same transaction.
CREATE TABLE IF NOT EXISTS days_to_allocate (charge_day DATE);

-- Budgets and invoice totals as configured, in spans of validity.
CREATE TABLE IF NOT EXISTS budgets (
  budget VARCHAR, team VARCHAR, service VARCHAR, environment VARCHAR, provider VARCHAR, amount DECIMAL(38,10),
  currency VARCHAR, cost_basis VARCHAR, valid_from DATE, valid_to DATE
);
CREATE TABLE IF NOT EXISTS invoices (
  provider VARCHAR, billing_account VARCHAR, billing_period DATE, total DECIMAL(38,10), currency VARCHAR
);

-- The settings that metric views read: top_services, top_environments, top_service_names, top_cube_keys, estimated_days.
CREATE TABLE IF NOT EXISTS cost_settings (name VARCHAR, value BIGINT);

-- The sources of money as configured, and which of them brings a billing account's period: one.
CREATE TABLE IF NOT EXISTS cost_sources (source VARCHAR, role VARCHAR);
CREATE TABLE IF NOT EXISTS authorities (
  provider VARCHAR, billing_account VARCHAR, billing_period DATE, source VARCHAR, learned_at TIMESTAMP
);

-- Postings of what a second source says of the same money: never allocated, only held against the bill.
CREATE TABLE IF NOT EXISTS second_charges (
  source VARCHAR, origin VARCHAR, provider VARCHAR, billing_account VARCHAR, billing_period DATE, charge_day DATE,
  currency VARCHAR, billed DECIMAL(38,10), effective DECIMAL(38,10), occurred_at TIMESTAMP, learned_at TIMESTAMP
);

-- Postings of a vendor's own sums by at most two dimensions, such as 'SERVICE,LINKED_ACCOUNT'. Cubes are never added or
-- joined: each holds all the money.
CREATE TABLE IF NOT EXISTS cost_cubes (
  source VARCHAR, cube VARCHAR, charge_day DATE, key1 VARCHAR, key2 VARCHAR, cost_basis VARCHAR, currency VARCHAR,
  amount DECIMAL(38,10), occurred_at TIMESTAMP, learned_at TIMESTAMP
);

-- What vendors say of budgets, of the running month's end and of anomalies; a row when anything has changed. Amounts that
-- a vendor doesn't give are NULL. `period_end` is a period's last day. A budget without an amount and an anomaly without
-- an impact are no more; the anomaly '' says that someone looked.
CREATE TABLE IF NOT EXISTS vendor_budgets (
  source VARCHAR, provider VARCHAR, billing_account VARCHAR, budget VARCHAR, period_start DATE, period_end DATE,
  amount DECIMAL(38,10), actual DECIMAL(38,10), forecast DECIMAL(38,10), currency VARCHAR, learned_at TIMESTAMP
);
CREATE TABLE IF NOT EXISTS vendor_forecasts (
  source VARCHAR, provider VARCHAR, billing_account VARCHAR, month DATE, mean DECIMAL(38,10), lower DECIMAL(38,10),
  upper DECIMAL(38,10), interval_level INTEGER, currency VARCHAR, learned_at TIMESTAMP
);
CREATE TABLE IF NOT EXISTS vendor_anomalies (
  source VARCHAR, provider VARCHAR, billing_account VARCHAR, anomaly VARCHAR, service_name VARCHAR, started DATE,
  ended DATE, impact DECIMAL(38,10), currency VARCHAR, learned_at TIMESTAMP
);

-- Postings of how much of something was used in a day, by who used it: what cost is split or divided by. `usage` names it.
-- A team of '' is nobody's own (a split's part stays with the owner of what is split), a service or environment of ''
-- isn't told.
CREATE TABLE IF NOT EXISTS usage_quantities (
  usage VARCHAR, charge_day DATE, team VARCHAR, service VARCHAR, environment VARCHAR, quantity DECIMAL(38,10),
  occurred_at TIMESTAMP, learned_at TIMESTAMP
);

-- What one unit of a currency was worth in the reporting currency from a day on; a row when it has changed, with a NULL
-- rate where it was withdrawn: of a day the row learned last holds. occurred_at is the end of the rate's day.
CREATE TABLE IF NOT EXISTS exchange_rates (
  currency VARCHAR, reporting_currency VARCHAR, rate_day DATE, rate DECIMAL(38,18), occurred_at TIMESTAMP,
  learned_at TIMESTAMP
);

-- The reporting currency as configured: one row or none.
CREATE TABLE IF NOT EXISTS reporting_currencies (currency_code VARCHAR);

-- The vendor budgets that are of all cost of a billing account, as configured: what they say was spent is held against it.
CREATE TABLE IF NOT EXISTS reconciled_budgets (
  source VARCHAR, budget VARCHAR, provider VARCHAR, billing_account VARCHAR
);

-- The vendor budgets that are a team's, as configured.
CREATE TABLE IF NOT EXISTS vendor_budget_teams (source VARCHAR, budget VARCHAR, team VARCHAR);

-- cost-explorer: names of accounts, versions; and its paid requests of the last 40 days, noted before they are sent.
CREATE TABLE IF NOT EXISTS sub_account_names (
  provider VARCHAR, sub_account VARCHAR, name VARCHAR, learned_at TIMESTAMP
);
CREATE TABLE IF NOT EXISTS vendor_requests (source VARCHAR, operation VARCHAR, requested_at TIMESTAMP);
-- Postings of what each split shared out.
CREATE TABLE IF NOT EXISTS split_costs (
  split VARCHAR, charge_day DATE, currency VARCHAR, billed DECIMAL(38,10), effective DECIMAL(38,10),
  occurred_at TIMESTAMP, learned_at TIMESTAMP
);

-- What OpenCost or Kubecost say that a cluster's UTC day cost, by owner's attributes: postings. `allocation` is workload,
-- idle, unallocated or unmounted; `cost` is with `adjustment`, the part that reconciliation added; `requested` is the
-- cost of CPU and memory, `used` what of that was used. No money of its own: it weighs the cluster's lines on the bill.
CREATE TABLE IF NOT EXISTS kubernetes_allocations (
  cluster VARCHAR, charge_day DATE, currency VARCHAR, allocation VARCHAR, owner_key HUGEINT,
  cost DECIMAL(38,10), adjustment DECIMAL(38,10), requested DECIMAL(38,10), used DECIMAL(38,10),
  occurred_at TIMESTAMP, learned_at TIMESTAMP
);
CREATE TABLE IF NOT EXISTS kubernetes_assets (
  cluster VARCHAR, charge_day DATE, currency VARCHAR, provider VARCHAR, asset_type VARCHAR,
  cost DECIMAL(38,10), adjustment DECIMAL(38,10), occurred_at TIMESTAMP, learned_at TIMESTAMP
);

-- The allocations by owner of their day: postings. `allocation` is shared too, for workloads that a rule gives to a split.
CREATE TABLE IF NOT EXISTS kubernetes_costs (
  cluster VARCHAR, charge_day DATE, currency VARCHAR, allocation VARCHAR, team VARCHAR, service VARCHAR,
  environment VARCHAR, cost DECIMAL(38,10), adjustment DECIMAL(38,10), requested DECIMAL(38,10), used DECIMAL(38,10),
  occurred_at TIMESTAMP, learned_at TIMESTAMP
);

-- Days whose allocations' owners are out of date; the derivation empties it. And the clusters as configured.
CREATE TABLE IF NOT EXISTS kubernetes_days (charge_day DATE);
CREATE TABLE IF NOT EXISTS kubernetes_clusters (cluster VARCHAR, idle VARCHAR, environment VARCHAR);

-- Unit costs as configured: '' selects everything; `per` is how many of the usage metric make a unit.
CREATE TABLE IF NOT EXISTS unit_costs (
  unit VARCHAR, usage VARCHAR, team VARCHAR, service VARCHAR, environment VARCHAR, per DECIMAL(38,10),
  period_days INTEGER
);
ALTER TABLE unit_costs ADD COLUMN IF NOT EXISTS aggregate VARCHAR DEFAULT 'sum';

-- What CloudHealth told last of each day and each month (`per`): its API forgets days after 31 days, months after 12.
-- `shape` names what was asked for, `team_group` is the group of the perspective, '' where there is none.
CREATE TABLE IF NOT EXISTS cloudhealth_costs (
  source VARCHAR, shape VARCHAR, per VARCHAR, start DATE, account VARCHAR, service VARCHAR, team_group VARCHAR,
  billed DECIMAL(38,10), effective DECIMAL(38,10)
);
-- Infracost: what a change of infrastructure will cost a month, by project and run; versions, the one learned last holds.
-- A run is of an open pull request (`pull_request`), or of a commit on a default branch, which may merge one (`merges`).
-- `monthly` and `change` are NULL where they are not known. occurred_at is the time of the commit.
CREATE TABLE IF NOT EXISTS cost_estimates (
  source VARCHAR, repository VARCHAR, project VARCHAR, workspace VARCHAR, name VARCHAR, pull_request VARCHAR,
  merges VARCHAR, on_default_branch BOOLEAN, commit_sha VARCHAR, committed_at TIMESTAMP, generated_at TIMESTAMP,
  currency VARCHAR, monthly DECIMAL(38,10), change DECIMAL(38,10), resources BIGINT, unsupported BIGINT,
  unpriced BIGINT, error VARCHAR, owner_key HUGEINT, occurred_at TIMESTAMP, learned_at TIMESTAMP
);
-- The services that the configuration names for projects, beside what ownership rules say of their repository.
CREATE TABLE IF NOT EXISTS estimate_services (repository VARCHAR, project VARCHAR, team VARCHAR, service VARCHAR);
