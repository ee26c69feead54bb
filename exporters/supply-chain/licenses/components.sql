-- Packages of pending artifacts with their own licences; where these tell nothing, with the one that is said of the
-- package and version.
CREATE OR REPLACE TEMP VIEW licensed_components AS
SELECT
  c.artifact, c.name, c.version, c.purl,
  CASE
    WHEN s.license <> ''
      AND len(list_filter(c.licenses, lambda own: upper(trim(own)) NOT IN ('', 'NONE', 'NOASSERTION'))) = 0
    THEN [s.license]
    ELSE c.licenses
  END AS licenses
FROM components AS c
SEMI JOIN pending_components AS p ON p.artifact = c.artifact
LEFT JOIN (
  SELECT type, namespace, name, version, is_source, max_by(license, (occurred_at, learned_at)) AS license
  FROM package_licenses
  GROUP BY ALL
) AS s
  ON s.type = c.type AND s.namespace = c.namespace AND s.name = c.name AND s.version = c.version
  AND s.is_source = regexp_matches(c.purl, '[?&](classifier=sources|arch=source)(&|#|$)');
