-- Violations by the requirement that their policy stands for.
owned AS (
  SELECT c.*, coalesce(r.requirement, 'other') AS requirement
  FROM (
    SELECT ts, team, service, environment, engine, policy, severity, enforcement, state, count(*) AS n
    FROM findings_at
    GROUP BY ALL
  ) AS c
  LEFT JOIN policy_rules AS r USING (engine, policy)
)
