-- Repositories and namespaces that something of was looked at and nothing gives to an owner, with what fails there.
unowned_tallies AS (
  SELECT
    k.attributes, t.outcome, t.results, greatest(t.from_at, o.valid_from) AS from_at,
    least(t.until_at, o.valid_to) AS until_at
  FROM tally_known_spans AS t
  JOIN owners AS o USING (owner_key)
  JOIN (SELECT owner_key, any_value(attributes) AS attributes FROM owner_keys GROUP BY owner_key) AS k USING (owner_key)
  WHERE o.team = 'unowned' AND o.split IS NULL
),
unowned_places AS (
  SELECT
    *,
    CASE WHEN attributes ->> 'namespace' <> '' THEN 'namespace' WHEN attributes ->> 'repository' <> '' THEN 'repository'
      WHEN attributes ->> 'image' <> '' THEN 'image' END AS kind,
    CASE
      WHEN attributes ->> 'namespace' <> ''
        THEN concat_ws('/', nullif(attributes ->> 'cluster', ''), attributes ->> 'namespace')
      WHEN attributes ->> 'repository' <> '' THEN attributes ->> 'repository'
      ELSE attributes ->> 'image'
    END AS subject
  FROM unowned_tallies
  WHERE from_at < until_at
)
