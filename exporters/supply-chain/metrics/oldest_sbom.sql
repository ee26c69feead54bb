SELECT ts, team, epoch(min(made_at)) AS value FROM running_at JOIN sboms_at USING (ts, artifact) GROUP BY ALL
