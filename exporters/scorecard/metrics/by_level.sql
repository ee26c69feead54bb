SELECT s.moment AS ts, s.team, l.level, count(*) FILTER (s.level_rank = l.rank) AS value
FROM standings AS s
CROSS JOIN (VALUES (0, 'none'), (1, 'bronze'), (2, 'silver'), (3, 'gold')) AS l(rank, level)
GROUP BY ALL
