SELECT ts, team, source, incident, epoch(started_at) AS value FROM listed_incidents
