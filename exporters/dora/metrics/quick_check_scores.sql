SELECT ts, team, metric, score AS value FROM scored
UNION ALL
SELECT ts, team, 'throughput', throughput FROM means WHERE throughput_parts = 3
UNION ALL
SELECT ts, team, 'stability', stability FROM means WHERE stability_parts = 2
UNION ALL
SELECT ts, team, 'overall', overall FROM means WHERE parts = 5
