-- Of scorecards that have entities still.
SELECT i.ts, e.scorecard, epoch(max(e.occurred_at)) AS value
FROM scorecard_evaluations_known AS e
JOIN instants AS i ON e.effective_at <= i.ts
WHERE EXISTS (
  FROM standing_spans AS s
  WHERE s.source = e.source AND s.scorecard = e.scorecard AND i.ts >= s.from_at AND i.ts < s.until_at
)
GROUP BY i.ts, e.scorecard
