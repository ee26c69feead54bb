subjects AS (
  SELECT row_number() OVER (ORDER BY team, currency) AS series, team, currency
  FROM (SELECT DISTINCT team, currency FROM team_postings)
),
postings AS (
  SELECT first_ts, series, provider, charge_day, usage, other
  FROM team_postings
  JOIN subjects USING (team, currency)
),
delivered_days AS (
  SELECT DISTINCT first_ts, provider, charge_day FROM team_postings
),
