-- 0 where a team was ever told something and nothing of it waits: an alert ends with the answer, and not a day later.
SELECT
  ts, team, state, count(*) FILTER (is_open AND (state = 'unanswered') = (first_answer_at IS NULL)) AS value
FROM feedback_at, (VALUES ('answered'), ('unanswered')) AS states (state)
GROUP BY ALL
