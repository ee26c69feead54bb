-- The services that metrics name: those furthest behind.
named AS (
  SELECT moment, team, service
  FROM standings
  QUALIFY row_number() OVER (PARTITION BY moment ORDER BY failed DESC, unmeasured DESC, team, service)
    <= coalesce((SELECT max(value) FROM settings WHERE name = 'top_services'), 300)
)
