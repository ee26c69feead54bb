measured AS (
  SELECT ts, team, "window", epoch(first_answer_at - created_at) AS seconds
  FROM answered_in
  WHERE created_at <= first_answer_at
)
