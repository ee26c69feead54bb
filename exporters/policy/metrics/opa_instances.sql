-- An OPA that was replaced is no longer one: silent ones count where none of their service sends any more, for a day.
WITH newest AS (
  SELECT i.ts, s.team, s.service, s.environment,
    CASE WHEN s.effective_at + to_seconds(s.silent_seconds) < i.ts THEN 'silent' ELSE s.state END AS state
  FROM instants AS i
  JOIN opa_states_known AS s ON s.effective_at <= i.ts AND s.effective_at > i.ts - INTERVAL 1 DAY
  QUALIFY row_number() OVER (PARTITION BY i.ts, s.instance ORDER BY s.effective_at DESC, s.learned_at DESC) = 1
)
SELECT ts, team, service, environment, state, count(*) AS value
FROM newest
WHERE state <> 'silent' OR NOT EXISTS (
  FROM newest AS other
  WHERE other.ts = newest.ts AND other.team = newest.team AND other.service = newest.service
    AND other.environment = newest.environment AND other.state <> 'silent'
)
GROUP BY ALL
