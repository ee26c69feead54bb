SELECT
  ts, team, source, incident,
  greatest(date_sub('second', started_at, CASE status WHEN 'open' THEN ts ELSE resolved_at END), 0) AS value
FROM listed_incidents
