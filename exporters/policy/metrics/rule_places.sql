-- Policies in the order of their open violations.
places AS (
  SELECT ts, engine, policy, row_number() OVER (PARTITION BY ts ORDER BY sum(n) DESC, engine, policy) AS place
  FROM owned
  WHERE state = 'open'
  GROUP BY ts, engine, policy
)
