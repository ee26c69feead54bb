-- The findings of a page, and what exceptions are for.
page AS (
  SELECT
    f.finding, p.scope, f.engine, f.policy, f.resource, string_split(f.resource, '/')[-1] AS base,
    string_split(f.location, '/') AS object
  FROM (
    SELECT row.finding::HUGEINT AS finding, row.scope AS scope
    FROM (SELECT unnest(from_json($findings::JSON, '[{"finding":"VARCHAR","scope":"VARCHAR"}]')) AS row)
  ) AS p
  JOIN findings AS f USING (finding)
),
patterns AS (
  SELECT
    e.*, like_of(e.resource) AS resource_like, like_of(e.policy) AS policy_like,
    list_transform(
      CASE WHEN engine = 'kyverno' THEN string_split(e.resource, ' ') ELSE [] END,
      lambda one: {
        'namespaces': string_split(string_split(one, '/')[1], ','),
        'kinds': string_split(array_to_string(string_split(one, '/')[2:-2], '/'), ','),
        'names': string_split(string_split(one, '/')[-1], ',')
      }
    ) AS objects
  FROM exception_spans AS e
  JOIN instants AS i ON i.ts >= e.from_at AND i.ts < e.until_at
)
