SELECT ts, team, CASE WHEN is_stale THEN 'stale' ELSE 'fresh' END AS status, count(DISTINCT place) AS value
FROM places_owned AS p
JOIN owners AS o ON o.owner_key = p.owner_key AND o.valid_from <= ts::DATE AND ts::DATE < o.valid_to
GROUP BY ALL
