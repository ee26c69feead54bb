-- What is said of licences that is newer than what is known.
CREATE OR REPLACE TEMP TABLE new_package_licenses AS
SELECT h.*, b.license AS before
FROM (
  SELECT DISTINCT ON (type, namespace, name, version, is_source) *
  FROM heard_package_licenses
  ORDER BY occurred_at DESC, license DESC
) AS h
LEFT JOIN (
  SELECT
    type, namespace, name, version, is_source, max(occurred_at) AS occurred_at,
    max_by(license, (occurred_at, learned_at)) AS license
  FROM package_licenses
  GROUP BY ALL
) AS b USING (type, namespace, name, version, is_source)
WHERE b.occurred_at IS NULL OR (h.occurred_at, h.license) > (b.occurred_at, b.license);

INSERT INTO package_licenses BY NAME
SELECT * EXCLUDE (before), getvariable('heard_now') AS learned_at FROM new_package_licenses;

-- No digest is '': what has such a package is looked at again, and as of now (licenses/derive.ts).
UPDATE components_derived SET digest = ''
WHERE what = 'licenses' AND artifact IN (
  SELECT artifact
  FROM components
  SEMI JOIN (
    FROM new_package_licenses WHERE license <> coalesce(before, '')
  ) USING (type, namespace, name, version)
);
