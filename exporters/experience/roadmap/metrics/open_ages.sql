-- Open work by its age: since it was started where it is in progress, else since it was created.
measured AS (
  SELECT ts, team, status, epoch(ts - CASE WHEN status = 'in_progress' THEN coalesce(started_at, created_at) ELSE created_at END) AS seconds
  FROM work_at
  WHERE status IN ('backlog', 'todo', 'in_progress') AND created_at <= ts
)
