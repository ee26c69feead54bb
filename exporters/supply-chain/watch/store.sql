-- A row where it differs: how many packages of what is watched the artifact has. What another configuration told of an
-- artifact holds until now; what is told of it for the first time was so since its bill of materials.
INSERT INTO watch_matches BY NAME
WITH now AS (
  SELECT w.watch, p.artifact, coalesce(f.packages, 0) AS packages, p.occurred_at
  FROM pending_components AS p
  CROSS JOIN supply_chain_watches AS w
  LEFT JOIN (SELECT watch, artifact, count(*) AS packages FROM watch_found GROUP BY ALL) AS f USING (watch, artifact)
),
known AS (
  FROM watch_matches
  QUALIFY row_number() OVER (PARTITION BY watch, artifact ORDER BY occurred_at DESC, learned_at DESC) = 1
)
SELECT
  n.watch, n.artifact, n.packages,
  CASE
    WHEN k.watch IS NULL THEN n.occurred_at
    WHEN getvariable('watch_reconfigured') THEN getvariable('derived_at')
    ELSE greatest(n.occurred_at, k.occurred_at)
  END AS occurred_at,
  getvariable('derived_at') AS learned_at
FROM now AS n
LEFT JOIN known AS k USING (watch, artifact)
WHERE n.packages <> coalesce(k.packages, 0)
UNION ALL
SELECT watch, artifact, 0, getvariable('derived_at'), getvariable('derived_at')
FROM known
WHERE packages > 0 AND watch NOT IN (SELECT watch FROM supply_chain_watches);
