nothing_organisation_level AS (SELECT 1 WHERE false)
