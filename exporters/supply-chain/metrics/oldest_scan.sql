SELECT ts, team, epoch(min(scanned_at)) AS value FROM running_at JOIN image_scans_at USING (ts, artifact) GROUP BY ALL
