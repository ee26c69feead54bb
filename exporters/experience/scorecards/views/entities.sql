SELECT ts, team, scorecard, rank::VARCHAR AS rank, level, count(*) AS value FROM standings_at GROUP BY ALL
