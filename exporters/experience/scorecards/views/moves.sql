-- How each stood 30 days before, as it is known at the instant; not where the scorecard's levels are others since.
standings_before AS (
  SELECT i.ts, k.source, k.scorecard, k.entity, k.rank, k.ranks, k.holds
  FROM scorecard_standings_known AS k
  JOIN instants AS i ON k.effective_at <= i.ts AND k.occurred_at <= i.ts - INTERVAL 30 DAY
  QUALIFY row_number() OVER (
    PARTITION BY i.ts, k.source, k.scorecard, k.entity ORDER BY k.occurred_at DESC, k.learned_at DESC
  ) = 1
),
moves AS (
  SELECT
    s.ts, s.team, s.scorecard, count(*) FILTER (s.rank > b.rank) AS up, count(*) FILTER (s.rank < b.rank) AS down,
    count(*) FILTER (s.rank = b.rank) AS same
  FROM standings_at AS s
  JOIN standings_before AS b USING (ts, source, scorecard, entity)
  WHERE b.holds AND b.ranks = s.ranks AND s.ranks > 0
  GROUP BY ALL
)
