-- A result is stored as a whole: where any of its rows is not as it was told last of that repository and time.
CREATE OR REPLACE TEMP TABLE fresh_scores AS
SELECT repository, check_name, score, (md5_number(owner) // 2)::HUGEINT AS owner_key, occurred_at FROM heard_scores;

INSERT INTO repository_scores BY NAME
WITH known AS (
  SELECT repository, check_name, score, owner_key, occurred_at
  FROM repository_scores
  QUALIFY rank() OVER (PARTITION BY repository, occurred_at ORDER BY learned_at DESC) = 1
),
differing AS (
  SELECT repository, occurred_at FROM (FROM fresh_scores EXCEPT FROM known)
  UNION
  SELECT repository, occurred_at FROM (
    FROM known SEMI JOIN fresh_scores USING (repository, occurred_at) EXCEPT FROM fresh_scores
  )
)
SELECT f.*, getvariable('heard_now') AS learned_at
FROM fresh_scores AS f
SEMI JOIN differing USING (repository, occurred_at);
