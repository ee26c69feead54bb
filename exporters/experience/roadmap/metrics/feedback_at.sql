-- Feedback with the time of its first answer: a comment, or its end.
feedback_at AS (
  SELECT *, least(answered_at, ended_at) AS first_answer_at, status NOT IN ('done', 'cancelled') AS is_open
  FROM items_at
  WHERE is_feedback AND NOT is_office_hours
)
