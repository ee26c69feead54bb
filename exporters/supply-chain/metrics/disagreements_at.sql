-- What one scanner reports of an artifact and another one does not, at each instant (derive.ts).
disagreement_steps AS (
  SELECT
    artifact, scanner, i.ts AS from_at,
    max({'occurred_at': occurred_at, 'learned_at': learned_at, 'alone': alone, 'missed': missed}) AS newest
  FROM scanner_disagreements_known AS d
  ASOF JOIN instants AS i ON d.effective_at <= i.ts
  GROUP BY ALL
),
disagreement_states AS (
  SELECT
    artifact, scanner, from_at, max(newest) OVER so_far AS newest,
    lead(from_at, 1, TIMESTAMP '9999-12-31') OVER so_far AS until_at
  FROM disagreement_steps
  WINDOW so_far AS (PARTITION BY artifact, scanner ORDER BY from_at)
),
disagreements_at AS (
  SELECT i.ts, artifact, scanner, newest.alone AS alone, newest.missed AS missed
  FROM disagreement_states AS s
  JOIN instants AS i ON i.ts >= s.from_at AND i.ts < s.until_at
)
