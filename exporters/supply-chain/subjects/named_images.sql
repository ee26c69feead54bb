-- By the image's name, which deployments keep, and not by its content. Of several contents the worst counts.
named_images AS (
  SELECT DISTINCT ts, team, service, environment, artifact, name
  FROM running_told
  WHERE service NOT IN ('', 'unassigned')
)
