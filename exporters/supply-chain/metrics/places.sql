-- Both of every team, 0 too: a place that is told of again must not be stale for a day more.
SELECT
  ts, team, s.status, count(DISTINCT place) FILTER (WHERE is_stale = (s.status = 'stale')) AS value
FROM places_owned AS p
JOIN owners AS o ON o.owner_key = p.owner_key AND o.valid_from <= ts::DATE AND ts::DATE < o.valid_to
CROSS JOIN (VALUES ('fresh'), ('stale')) AS s(status)
GROUP BY ALL
