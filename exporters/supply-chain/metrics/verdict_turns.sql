-- When the gate came to block what it had let pass. In between it may not have been able to tell.
verdict_turns AS (
  SELECT artifact, environment, effective_at
  FROM (
    SELECT *, lag(verdict) OVER (PARTITION BY artifact, environment ORDER BY occurred_at, learned_at) AS before
    FROM gate_verdicts_known
    WHERE verdict <> 'unknown'
  )
  WHERE verdict = 'blocked' AND before IN ('pass', 'warned')
)
