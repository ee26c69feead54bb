SELECT ts, team, "window", count(*) AS value
FROM items_at
JOIN windows ON created_at > ts - span AND created_at <= ts
WHERE is_office_hours
GROUP BY ALL
