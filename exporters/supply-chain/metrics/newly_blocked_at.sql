-- What the gate blocks now, and had let pass or warned of until some time in the last seven days.
newly_blocked_at AS (
  SELECT v.ts, v.team, v.environment, v.artifact, v.rule
  FROM verdicts_at AS v
  WHERE
    v.verdict = 'blocked'
    AND EXISTS (
      FROM verdict_turns AS t
      WHERE
        t.artifact = v.artifact AND t.environment = v.environment
        AND t.effective_at <= v.ts AND t.effective_at > v.ts - INTERVAL 7 DAY
    )
)
