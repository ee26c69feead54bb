-- What the gate said of each image that runs, in each environment that it runs in.
verdict_steps AS (
  SELECT
    artifact, environment, i.ts AS from_at,
    max({'occurred_at': occurred_at, 'learned_at': learned_at, 'verdict': verdict, 'rule': rule}) AS newest
  FROM gate_verdicts_known AS v
  ASOF JOIN instants AS i ON v.effective_at <= i.ts
  GROUP BY ALL
),
verdict_states AS (
  SELECT
    artifact, environment, from_at, max(newest) OVER so_far AS newest,
    lead(from_at, 1, TIMESTAMP '9999-12-31') OVER so_far AS until_at
  FROM verdict_steps
  WINDOW so_far AS (PARTITION BY artifact, environment ORDER BY from_at)
),
verdicts_at AS (
  SELECT
    r.ts, r.team, r.environment, r.artifact, coalesce(s.newest.verdict, 'unknown') AS verdict,
    coalesce(s.newest.rule, '') AS rule
  FROM (SELECT DISTINCT ts, team, environment, artifact FROM running_at) AS r
  LEFT JOIN verdict_states AS s
    ON s.artifact = r.artifact AND s.environment = r.environment AND r.ts >= s.from_at AND r.ts < s.until_at
)
