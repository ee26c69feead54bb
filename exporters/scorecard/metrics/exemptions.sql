SELECT
  x.moment AS ts, s.team, x."check",
  CASE
    WHEN x.exempt_until <= x.moment::DATE
      + coalesce((SELECT max(value) FROM settings WHERE name = 'expiring_days'), 14)::INTEGER THEN 'expiring'
    ELSE 'active'
  END AS status,
  count(*) AS value
FROM exempt_at AS x
JOIN services_at AS s USING (moment, service)
GROUP BY ALL
