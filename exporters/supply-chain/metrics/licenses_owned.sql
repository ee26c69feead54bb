-- The licences of the most packages are named, the rest is "other".
owned AS (
  SELECT ts, team, environment, policy AS license, severity, count(*) AS n
  FROM findings_at
  WHERE engine = 'license' AND state = 'open'
  GROUP BY ALL
),
places AS (
  SELECT ts, license, row_number() OVER (PARTITION BY ts ORDER BY sum(n) DESC, license) AS place
  FROM owned
  GROUP BY ts, license
)
