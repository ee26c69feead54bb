-- What is done and was so for no longer than each window.
done_in AS (
  SELECT w.*, "window"
  FROM work_at AS w
  JOIN windows ON w.ended_at > w.ts - span
  WHERE w.status = 'done'
)
