SELECT i.ts, o.team, s.source, epoch(min(s.occurred_at)) AS value
FROM instants AS i
JOIN roadmap_snapshots_known AS s ON s.effective_at <= i.ts
JOIN owners AS o ON o.owner_key = s.owner_key AND o.valid_from <= i.ts::DATE AND i.ts::DATE < o.valid_to
GROUP BY ALL
