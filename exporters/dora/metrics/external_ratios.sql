-- Two words for one team can't be added up here: the first by name is told.
SELECT ts, tool, team, service, "window", min_by(value, words) AS value
FROM external_owned
GROUP BY ALL
