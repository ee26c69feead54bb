SELECT v.ts, v.team, v.environment, v.rule, count(*) AS value
FROM verdicts_at AS v
WHERE
  v.verdict = 'blocked'
  AND EXISTS (
    FROM verdict_turns AS t
    WHERE
      t.artifact = v.artifact AND t.environment = v.environment
      AND t.effective_at <= v.ts AND t.effective_at > v.ts - INTERVAL 7 DAY
  )
GROUP BY ALL
