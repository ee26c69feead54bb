-- What was refused, each once by its engine's own id.
INSERT INTO finding_blocks BY NAME
SELECT
  id, engine, scope, policy, resource, enforcement, (md5_number(owner) // 2)::HUGEINT AS owner_key, message, occurred_at,
  getvariable('told_now') AS learned_at
FROM told_blocks AS told
WHERE NOT EXISTS (FROM finding_blocks AS known WHERE known.id = told.id AND known.engine = told.engine)
QUALIFY row_number() OVER (PARTITION BY engine, id ORDER BY occurred_at, scope, policy, resource) = 1;

CREATE OR REPLACE TEMP TABLE told_owners AS SELECT DISTINCT owner FROM told_blocks;
