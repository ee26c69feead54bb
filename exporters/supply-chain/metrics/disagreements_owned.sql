-- A team is told once of an artifact that it runs several times.
disagreements_owned AS (
  SELECT ts, team, scanner, alone, missed
  FROM (SELECT DISTINCT ts, team, artifact FROM running_at)
  JOIN disagreements_at USING (ts, artifact)
)
