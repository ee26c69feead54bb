SELECT ts, 'repository' AS kind, repository AS subject, team, 'fail' AS state, since
FROM standing
WHERE team = 'unowned' AND last_at > ts - INTERVAL 90 DAY
