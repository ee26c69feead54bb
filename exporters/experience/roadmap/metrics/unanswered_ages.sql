measured AS (
  SELECT ts, team, 'unanswered' AS status, epoch(ts - created_at) AS seconds, created_at
  FROM feedback_at
  WHERE is_open AND first_answer_at IS NULL AND created_at <= ts
)
