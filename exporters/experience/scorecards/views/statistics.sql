SELECT ts, team, scorecard, 'mean' AS statistic, mean AS value FROM statistics
UNION ALL
SELECT ts, team, scorecard, 'median', median FROM statistics
