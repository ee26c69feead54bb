measured AS (
  SELECT ts, team, "window", epoch(ended_at - started_at) AS seconds FROM done_in WHERE started_at <= ended_at
)
