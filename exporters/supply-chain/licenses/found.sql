-- Packages of pending artifacts whose licences a policy speaks against, one row each of the licences that make it so.
CREATE OR REPLACE TEMP TABLE license_found AS
SELECT DISTINCT
  c.artifact, unnest(j.ids) AS id, j.verdict, c.version,
  CASE c.purl
    WHEN '' THEN c.name ELSE regexp_replace(regexp_replace(c.purl, '[?#].*$', ''), '@[^/]*$', '')
  END AS package,
  array_to_string(c.licenses, ' AND ') AS said
FROM licensed_components AS c
JOIN license_judged AS j ON j.licenses = c.licenses;
