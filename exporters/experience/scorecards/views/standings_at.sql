-- Each entity's standing at each instant, and whose it is then. `ratio` is NULL where no point could be had.
standings_at AS (
  SELECT
    i.ts, s.source, s.scorecard, s.entity, s.score, s.most_score, s.rank, s.ranks,
    CASE WHEN s.level = '' THEN 'none' ELSE s.level END AS level, o.team, o.service,
    (s.score::DOUBLE / nullif(s.most_score, 0)::DOUBLE)::DECIMAL(18, 12) AS ratio
  FROM standing_spans AS s
  JOIN instants AS i ON i.ts >= s.from_at AND i.ts < s.until_at
  JOIN owners AS o ON o.owner_key = s.owner_key AND o.valid_from <= i.ts::DATE AND i.ts::DATE < o.valid_to
)
