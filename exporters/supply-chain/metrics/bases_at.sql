-- Whether the operating system of each image is past its end: as its scanners say, and where they don't, from the day that
-- endoflife.date lists of it. NULL where neither knows. A scanner's word is as old as its scan, so that only its yes
-- stands.
cycle_spans AS (
  SELECT *, effective_at AS from_at, coalesce(min(effective_at) OVER newer, TIMESTAMP '9999-12-31') AS until_at
  FROM end_of_life_cycles_known
  WINDOW newer AS (
    PARTITION BY product, cycle ORDER BY occurred_at, learned_at ROWS BETWEEN 1 FOLLOWING AND UNBOUNDED FOLLOWING
  )
),
-- Families as Trivy, Grype, Snyk and OSV-Scanner name them, where endoflife.date has another name for the product.
os_names (family, product) AS (
  VALUES
    ('alpine', 'alpine-linux'), ('alma', 'almalinux'), ('rocky', 'rocky-linux'), ('rockylinux', 'rocky-linux'),
    ('redhat', 'rhel'), ('red', 'rhel'), ('amazon', 'amazon-linux'), ('amazonlinux', 'amazon-linux'),
    ('amzn', 'amazon-linux'), ('oracle', 'oracle-linux'), ('oraclelinux', 'oracle-linux'), ('ol', 'oracle-linux'),
    ('suse linux enterprise server', 'sles'), ('opensuse.leap', 'opensuse'), ('opensuse-leap', 'opensuse')
),
systems AS (
  SELECT DISTINCT ts, os_family, os_version, lower(os_family) AS family, split_part(os_version, ' ', 1) AS version
  FROM scans_at
  WHERE os_family <> '' AND os_version <> ''
),
system_products AS (
  SELECT *, family AS product FROM systems
  UNION
  SELECT s.*, n.product FROM systems AS s JOIN os_names AS n USING (family)
),
-- 3.18.4 is of the cycle 3.18, and not of 3 where both are listed.
systems_at AS (
  SELECT
    ts, os_family, os_version,
    max({
      'depth': length(cycle), 'occurred_at': occurred_at,
      'is_past': coalesce(is_ended, false) OR coalesce(end_on <= ts, false)
    }).is_past AS is_past
  FROM system_products AS s
  JOIN cycle_spans AS c USING (product)
  WHERE s.ts >= c.from_at AND s.ts < c.until_at AND (version = cycle OR starts_with(version, cycle || '.'))
  GROUP BY ALL
),
bases_at AS (
  SELECT ts, artifact, bool_or(coalesce(os_end_of_life OR is_past, os_end_of_life, is_past)) AS is_past
  FROM scans_at
  LEFT JOIN systems_at USING (ts, os_family, os_version)
  GROUP BY ts, artifact
)
