-- Gives each of `new_rules` its requirement: of those that match it the first. Ids are many and compared at once; patterns
-- are few, and tried one by one.
INSERT INTO policy_rules
WITH folded AS (SELECT *, lower(engine) AS of_engine, lower(policy) AS of_policy FROM new_rules),
wanted AS (
  SELECT
    position, requirement, lower(engine) AS of_engine, lower(policy) AS of_policy, contains(engine || policy, '*') AS is_pattern
  FROM policy_requirements
),
patterns AS (
  SELECT
    position, requirement,
    replace(replace(replace(replace(of_engine, '\', '\\'), '%', '\%'), '_', '\_'), '*', '%') AS of_engine,
    replace(replace(replace(replace(of_policy, '\', '\\'), '%', '\%'), '_', '\_'), '*', '%') AS of_policy
  FROM wanted
  WHERE is_pattern
),
matched AS (
  SELECT f.engine, f.policy, w.position, w.requirement
  FROM folded AS f
  JOIN wanted AS w ON w.of_engine = f.of_engine AND w.of_policy = f.of_policy
  WHERE NOT is_pattern
  UNION ALL
  SELECT f.engine, f.policy, p.position, p.requirement
  FROM folded AS f
  JOIN patterns AS p ON f.of_engine LIKE p.of_engine ESCAPE '\' AND f.of_policy LIKE p.of_policy ESCAPE '\'
)
SELECT n.engine, n.policy, coalesce(arg_min(m.requirement, m.position), 'other')
FROM new_rules AS n
LEFT JOIN matched AS m USING (engine, policy)
GROUP BY n.engine, n.policy;
