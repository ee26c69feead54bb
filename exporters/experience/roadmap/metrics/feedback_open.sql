SELECT
  ts, team, CASE WHEN first_answer_at IS NULL THEN 'unanswered' ELSE 'answered' END AS state, count(*) AS value
FROM feedback_at
WHERE is_open
GROUP BY ALL
