SELECT i.ts, family, count(DISTINCT (owner, shown_name)) FILTER (WHERE folded.ts IS NOT NULL) AS value
FROM instants AS i
CROSS JOIN families
LEFT JOIN folded USING (ts, family)
GROUP BY ALL
