-- Up to 63 settled days of a ledger that has 14 in the currency. What is new has cost 0 before, and so is found.
spans AS (
  SELECT run, series, settled_day, greatest(first_day, settled_day - 62) AS start_day
  FROM settled
  JOIN subjects USING (series)
  JOIN (
    SELECT run, currency, min(charge_day) AS first_day
    FROM days
    JOIN subjects USING (series)
    GROUP BY ALL
  ) USING (run, currency)
  WHERE settled_day - greatest(first_day, settled_day - 62) >= 14
),
