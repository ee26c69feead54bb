SELECT
  ts, charge_day AS day, provider, state AS finality, (state = finality)::INTEGER AS value
FROM finality
CROSS JOIN (VALUES ('estimated'), ('open'), ('closed')) AS states_of_a_day (state)
