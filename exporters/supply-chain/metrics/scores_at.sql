-- The newest Scorecard of each repository at each instant, all of it: a check that it has no longer is gone.
score_steps AS (
  SELECT repository, i.ts AS from_at, max({'occurred_at': occurred_at, 'learned_at': learned_at}) AS newest
  FROM repository_scores_known AS s
  ASOF JOIN instants AS i ON s.effective_at <= i.ts
  GROUP BY ALL
),
score_states AS (
  SELECT
    repository, from_at, max(newest) OVER so_far AS newest,
    lead(from_at, 1, TIMESTAMP '9999-12-31') OVER so_far AS until_at
  FROM score_steps
  WINDOW so_far AS (PARTITION BY repository ORDER BY from_at)
),
scores_at AS (
  SELECT
    i.ts, o.team, o.service, CASE s.check_name WHEN '' THEN 'all' ELSE s.check_name END AS "check", min(s.score) AS score
  FROM score_states AS n
  JOIN instants AS i ON i.ts >= n.from_at AND i.ts < n.until_at
  JOIN repository_scores_known AS s
    ON s.repository = n.repository AND s.occurred_at = n.newest.occurred_at AND s.learned_at = n.newest.learned_at
  JOIN owners AS o ON o.owner_key = s.owner_key AND o.valid_from <= i.ts::DATE AND i.ts::DATE < o.valid_to
  WHERE s.score IS NOT NULL
  GROUP BY ALL
)
