subjects AS (
  SELECT row_number() OVER (ORDER BY currency) AS series, currency
  FROM (SELECT DISTINCT currency FROM team_postings)
),
postings AS (
  SELECT first_ts, series, provider, charge_day, sum(usage) AS usage, sum(other) AS other
  FROM team_postings
  JOIN subjects USING (currency)
  GROUP BY ALL
),
delivered_days AS (
  SELECT DISTINCT first_ts, provider, charge_day FROM team_postings
),
