SELECT ts, team, scorecard, 'up' AS direction, '30d' AS "window", up AS value FROM moves
UNION ALL
SELECT ts, team, scorecard, 'down', '30d', down FROM moves
UNION ALL
SELECT ts, team, scorecard, 'same', '30d', same FROM moves
