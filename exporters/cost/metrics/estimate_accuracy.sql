-- 1 where every pull request cost what was estimated, 0 where the error is as large as what was estimated or came.
SELECT
  ts, team, service, currency,
  greatest(0, 1 - sum(abs(actual - estimate::DOUBLE)) / sum(greatest(abs(actual), abs(estimate::DOUBLE)))) AS value
FROM judged
JOIN estimates USING (ts, team, service, repository, pull_request, currency)
WHERE state = 'attributed' AND merged_day >= ts::DATE - 90
GROUP BY ALL
