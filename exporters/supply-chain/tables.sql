-- The ledger of the supply chain, beside findings/tables.sql, where vulnerabilities, secrets and licences have their
-- life. store.ts writes. Facts have `occurred_at`, when it came to be so, and `learned_at`, when we knew; all times are
-- UTC. `artifact` is the key of one content: the digest it was first known by, or `NAME:TAG`, or a name alone; of a repository always its name.
-- `first_at` is the time of the first document about it, by which builds of one name are told apart.

CREATE TABLE IF NOT EXISTS artifacts (
  artifact VARCHAR, kind VARCHAR, name VARCHAR, tag VARCHAR, owner_key HUGEINT, first_at TIMESTAMP,
  learned_at TIMESTAMP
);
-- Every digest that an artifact is known by, itself included.
CREATE TABLE IF NOT EXISTS artifact_digests (digest VARCHAR, artifact VARCHAR);

-- FACT. One row a scan. Old rows go (retention.ts), never the newest of an artifact, part and scanner. `found` counts
-- its occurrences. It is stale `stale_seconds` after it occurred; NULL never.
CREATE TABLE IF NOT EXISTS artifact_scans (
  artifact VARCHAR, part VARCHAR, scanner VARCHAR, source VARCHAR, classes VARCHAR[], completeness VARCHAR,
  reason VARCHAR, found BIGINT, os_family VARCHAR, os_version VARCHAR, os_end_of_life BOOLEAN, database_at TIMESTAMP,
  stale_seconds BIGINT, digest VARCHAR, owner_key HUGEINT, occurred_at TIMESTAMP, learned_at TIMESTAMP
);
-- What the newest scan of each artifact, part and scanner that did not fail found: one row an occurrence. Kept up, not
-- added to. `id` is the scanner's own, `vulnerability` what the ledger calls it (vulnerability_aliases); of other
-- classes they are the same. `outcome` is fail or excepted.
CREATE TABLE IF NOT EXISTS scan_results (
  artifact VARCHAR, part VARCHAR, scanner VARCHAR, class VARCHAR, id VARCHAR, vulnerability VARCHAR, package VARCHAR,
  version VARCHAR, severity VARCHAR, original_severity VARCHAR, score DOUBLE, fix VARCHAR, fixed_versions VARCHAR[],
  title VARCHAR, url VARCHAR, location VARCHAR, is_development BOOLEAN, outcome VARCHAR, exception VARCHAR,
  first_seen_at TIMESTAMP
);
-- The words of what a scan's results are excepted by.
CREATE TABLE IF NOT EXISTS scan_exceptions (
  exception VARCHAR, suppressed_by VARCHAR, reason VARCHAR, approved_by VARCHAR, created_at TIMESTAMP,
  expires_at TIMESTAMP
);
-- Every id of a vulnerability. `vulnerability` is the one that it was first told by, preferring CVE, then GHSA: it stays
-- when others turn out to be the same, so that a finding keeps its identity. `best` is the one that people know.
CREATE TABLE IF NOT EXISTS vulnerability_aliases (alias VARCHAR, vulnerability VARCHAR);
CREATE TABLE IF NOT EXISTS vulnerabilities (vulnerability VARCHAR, best VARCHAR);

-- FACT. Since when a finding (findings/tables.sql) has a fix: `fixed_version` '' where it is not named; `has_fix` false
-- where there is none any more, NULL where no scanner says. Of a finding without a row there is none.
CREATE TABLE IF NOT EXISTS finding_fixes (
  finding HUGEINT, scope VARCHAR, has_fix BOOLEAN, fixed_version VARCHAR, occurred_at TIMESTAMP, learned_at TIMESTAMP
);

-- FACT. Bills of materials, one row each; the newest of an artifact holds. `packages` have a version, `identified` a
-- package URL or CPE.
CREATE TABLE IF NOT EXISTS artifact_sboms (
  artifact VARCHAR, source VARCHAR, format VARCHAR, spec_version VARCHAR, tool VARCHAR, packages BIGINT,
  identified BIGINT, gaps VARCHAR[], digest VARCHAR, owner_key HUGEINT, occurred_at TIMESTAMP, learned_at TIMESTAMP
);
-- The packages of the newest bill of materials of each artifact. Kept up, not added to.
CREATE TABLE IF NOT EXISTS components (
  artifact VARCHAR, type VARCHAR, namespace VARCHAR, name VARCHAR, version VARCHAR, purl VARCHAR, licenses VARCHAR[],
  is_direct BOOLEAN
);

-- FACT. VEX; of the statements of a vulnerability and product the newest holds. `product` is the artifact's key or name,
-- or a package URL; `holds` false where its document says it no longer.
CREATE TABLE IF NOT EXISTS vex_statements (
  id VARCHAR, source VARCHAR, vulnerability VARCHAR, artifact VARCHAR, purl VARCHAR, status VARCHAR,
  justification VARCHAR, statement VARCHAR, author VARCHAR, owner_key HUGEINT, holds BOOLEAN, occurred_at TIMESTAMP,
  learned_at TIMESTAMP
);

-- How bills of materials are linked to (BOM-Link), and VEX that says by such a link alone what it is of: it becomes a
-- statement once the other is known. `ref` is the artifact's in its own; `statement` is JSON.
CREATE TABLE IF NOT EXISTS bom_links (link VARCHAR, ref VARCHAR, artifact VARCHAR);
CREATE TABLE IF NOT EXISTS linked_vex (link VARCHAR, statement VARCHAR);

-- FACT. Signatures and attestations; the newest row of (artifact, id) holds, `holds` false where it is gone.
CREATE TABLE IF NOT EXISTS attestations (
  artifact VARCHAR, id VARCHAR, source VARCHAR, claim VARCHAR, predicate_type VARCHAR, standing VARCHAR,
  reason VARCHAR, identity VARCHAR, issuer VARCHAR, builder VARCHAR, build_type VARCHAR, source_uri VARCHAR,
  slsa VARCHAR, level INTEGER, level_reason VARCHAR, signed_at TIMESTAMP, holds BOOLEAN, occurred_at TIMESTAMP,
  learned_at TIMESTAMP
);
-- FACT. Looks at an artifact's signatures: outcome found, none, unknown. A row where outcome or reason differ, and one a
-- day at least.
CREATE TABLE IF NOT EXISTS signature_looks (
  artifact VARCHAR, source VARCHAR, seen VARCHAR, outcome VARCHAR, reason VARCHAR, stale_seconds BIGINT,
  occurred_at TIMESTAMP, learned_at TIMESTAMP
);

-- FACT. What runs: the newest row of (place, workload, container, artifact) holds; replicas 0 where it runs no longer.
-- `artifact` is the key where the digest is known, else as `digest` or NAME:TAG stand.
CREATE TABLE IF NOT EXISTS running_images (
  place VARCHAR, workload VARCHAR, container VARCHAR, artifact VARCHAR, name VARCHAR, tag VARCHAR, digest VARCHAR,
  replicas BIGINT, owner_key HUGEINT, source VARCHAR, occurred_at TIMESTAMP, learned_at TIMESTAMP
);
-- FACT. Looks at what runs in a place, a few while it is fresh, one a day and where it differs; what runs there is unknown
-- `stale_seconds` later. `images` is NULL of a feed of changes, whose silence means that nothing changed.
CREATE TABLE IF NOT EXISTS running_looks (
  place VARCHAR, source VARCHAR, images BIGINT, stale_seconds BIGINT, owner_key HUGEINT, occurred_at TIMESTAMP,
  learned_at TIMESTAMP
);

-- FACT. Known exploited vulnerabilities, as the list names them (CVE): `occurred_at` is the day it was added; `holds` false
-- where it was taken off.
CREATE TABLE IF NOT EXISTS kev_entries (
  vulnerability VARCHAR, due_on DATE, is_ransomware BOOLEAN, holds BOOLEAN, occurred_at TIMESTAMP, learned_at TIMESTAMP
);
-- FACT. When a product's releases end (endoflife.date), the newest row of (product, cycle) holds: `end_on` is the day from
-- which it is supported no longer, `is_ended` where no day is said; one of them is NULL.
CREATE TABLE IF NOT EXISTS end_of_life_cycles (
  product VARCHAR, cycle VARCHAR, end_on DATE, is_ended BOOLEAN, occurred_at TIMESTAMP, learned_at TIMESTAMP
);
-- Exploit prediction scores of the newest day that all were told of, and some of later ones.
-- `was_high`: by the setting epss_high as it was then; `since`: the first day of those on which it was so.
CREATE TABLE IF NOT EXISTS epss_scores (vulnerability VARCHAR, score DOUBLE, percentile DOUBLE, day DATE);
ALTER TABLE epss_scores ADD COLUMN IF NOT EXISTS was_high BOOLEAN;
ALTER TABLE epss_scores ADD COLUMN IF NOT EXISTS since DATE;

-- What is said of the licence of a version of a package, whoever has it; the newest holds. `license` is '' where none is
-- declared; `is_source` of what the package is built from.
CREATE TABLE IF NOT EXISTS package_licenses (
  type VARCHAR, namespace VARCHAR, name VARCHAR, version VARCHAR, is_source BOOLEAN, license VARCHAR,
  occurred_at TIMESTAMP, learned_at TIMESTAMP
);
-- FACT. How repositories are kept (OpenSSF Scorecard): all rows of the newest (occurred_at, learned_at) of a repository hold.
-- `check_name` is '' of the whole; `score` is 0 to 10, NULL where it could not tell.
CREATE TABLE IF NOT EXISTS repository_scores (
  repository VARCHAR, check_name VARCHAR, score DOUBLE, owner_key HUGEINT, occurred_at TIMESTAMP, learned_at TIMESTAMP
);

-- What views read of the configuration, brought in at start.
CREATE TABLE IF NOT EXISTS supply_chain_settings (name VARCHAR, value DOUBLE);
-- Days in which a finding of a severity has to be remedied; `is_exploited` for those that are known to be exploited.
CREATE TABLE IF NOT EXISTS supply_chain_sla (severity VARCHAR, is_exploited BOOLEAN, sla_days DOUBLE);
