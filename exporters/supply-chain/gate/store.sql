INSERT INTO gate_verdicts BY NAME
WITH known AS (
  FROM gate_verdicts
  QUALIFY row_number() OVER (PARTITION BY artifact, environment ORDER BY occurred_at DESC, learned_at DESC) = 1
)
SELECT
  n.*, greatest(getvariable('gate_now'), k.occurred_at) AS occurred_at, getvariable('gate_now') AS learned_at
FROM gate_now AS n
LEFT JOIN known AS k USING (artifact, environment)
WHERE (n.verdict, n.rule) IS DISTINCT FROM (k.verdict, k.rule);
