SELECT moment AS ts, kind, count(*) AS value FROM shadow_at GROUP BY ALL
