SELECT i.ts, provider, floor(epoch(max(occurred_at)))::BIGINT AS value
FROM restatements_known
JOIN instants AS i ON effective_at <= i.ts
GROUP BY ALL
