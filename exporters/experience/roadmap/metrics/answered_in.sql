answered_in AS (
  SELECT f.*, "window"
  FROM feedback_at AS f
  JOIN windows ON f.first_answer_at > f.ts - span
)
