-- Of each team the newest of the incidents that are open or began within 90 days, at each instant; so many of a team as
-- `dora.listed_incidents` says, and 5,000 in all, whoever has them.
listed_incidents AS (
  SELECT * FROM (
    SELECT i.ts, s.* EXCLUDE (from_at, until_at)
    FROM incident_spans AS s
    JOIN instants AS i
      ON i.ts >= greatest(s.from_at, s.started_at)
        AND i.ts < CASE s.status WHEN 'open' THEN s.until_at ELSE least(s.until_at, s.started_at + INTERVAL 90 DAY) END
    WHERE s.status IN ('open', 'resolved')
    QUALIFY row_number() OVER (PARTITION BY ts, team ORDER BY started_at DESC, source, incident)
      <= coalesce((SELECT max(value) FROM dora_settings WHERE name = 'listed_incidents'), 20)
  )
  QUALIFY row_number() OVER (PARTITION BY ts ORDER BY started_at DESC, source, incident) <= 5000
)
