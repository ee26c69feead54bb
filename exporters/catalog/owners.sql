-- Brings `owners` in step with what was resolved. Reads the temporary tables
--   resolved_keys (owner_key VARCHAR, list INTEGER, keeps BOOLEAN): keys, their list of spans, and whether the spans
--     they have before the resolved ones are kept;
--   resolved_spans (list INTEGER, valid_from, valid_to, team, service, environment, split, rules VARCHAR).
CREATE OR REPLACE TEMP TABLE wanted_owners AS
WITH keys AS (
  SELECT k.owner_key::HUGEINT AS owner_key, k.list, k.keeps, s.first_from
  FROM resolved_keys k
  JOIN (SELECT list, min(valid_from::DATE) AS first_from FROM resolved_spans GROUP BY list) s USING (list)
),
spans AS (
  SELECT o.owner_key, o.valid_from, least(o.valid_to, k.first_from) AS valid_to,
    o.team, o.service, o.environment, o.split, o.rules::VARCHAR AS rules
  FROM owners o
  JOIN keys k USING (owner_key)
  WHERE k.keeps AND o.valid_from < k.first_from
  UNION ALL
  SELECT k.owner_key, s.valid_from::DATE, s.valid_to::DATE, s.team, s.service, s.environment, s.split, s.rules
  FROM resolved_spans s
  JOIN keys k USING (list)
),
begins AS (
  SELECT *, (team, service, environment, split, rules) IS DISTINCT FROM lag((team, service, environment, split, rules))
    OVER (PARTITION BY owner_key ORDER BY valid_from) AS begins
  FROM spans
),
numbered AS (
  SELECT *, sum(begins::INTEGER) OVER (PARTITION BY owner_key ORDER BY valid_from) AS island
  FROM begins
)
SELECT owner_key, min(valid_from) AS valid_from, max(valid_to) AS valid_to, any_value(team) AS team,
  any_value(service) AS service, any_value(environment) AS environment, any_value(split) AS split,
  any_value(rules) AS rules
FROM numbered
GROUP BY owner_key, island;

CREATE OR REPLACE TEMP TABLE new_owners AS
SELECT owner_key, valid_from, valid_to, team, service, environment, split, rules FROM wanted_owners
EXCEPT
SELECT owner_key, valid_from, valid_to, team, service, environment, split, rules::VARCHAR FROM owners;

DELETE FROM owners o
WHERE o.owner_key IN (SELECT k.owner_key::HUGEINT FROM resolved_keys k)
  AND NOT EXISTS (
    FROM wanted_owners w
    WHERE w.owner_key = o.owner_key AND w.valid_from = o.valid_from AND w.valid_to = o.valid_to
      AND (w.team, w.service, w.environment, w.split, w.rules)
        IS NOT DISTINCT FROM (o.team, o.service, o.environment, o.split, o.rules::VARCHAR)
  );
