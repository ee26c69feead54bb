SELECT
  ts, provider, state AS finality, count(*) FILTER (WHERE finality = state AND charge_day >= ts::DATE - 62) AS value
FROM finality
CROSS JOIN (VALUES ('estimated'), ('open'), ('closed')) AS states_of_a_day (state)
GROUP BY ALL
