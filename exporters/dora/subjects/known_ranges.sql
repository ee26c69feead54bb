-- Whether the changes of a service's last 30 days of deployments could be told; a first deployment has none to tell.
recent AS (
  SELECT
    i.ts, labels.team AS team, labels.service AS service, labels.environment AS environment, labels.basis AS basis
  FROM counted
  JOIN instants AS i ON i.ts >= from_at AND i.ts < until_at AND happened_at <= i.ts
    AND happened_at > i.ts - INTERVAL 30 DAY
  WHERE labels.service NOT IN ('', 'unassigned') AND labels.basis <> 'first'
)
