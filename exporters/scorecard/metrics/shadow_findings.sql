SELECT moment AS ts, kind, sum(findings) AS value FROM shadow_at WHERE findings IS NOT NULL GROUP BY ALL
