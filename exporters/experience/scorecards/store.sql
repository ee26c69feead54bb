-- Brings the staged tables told_scorecards (scorecard, is_complete), told_levels (scorecard, rank, level) and
-- told_standings of one source, named by the variable scorecard_source, into the ledger as of the variable scorecard_now.
INSERT INTO owner_keys
SELECT (md5_number(owner) // 2)::HUGEINT, owner::JSON, getvariable('scorecard_now')
FROM (SELECT DISTINCT owner FROM told_standings) AS told
WHERE NOT EXISTS (FROM owner_keys AS known WHERE known.owner_key = (md5_number(told.owner) // 2)::HUGEINT);

CREATE OR REPLACE TEMP TABLE known_standings AS
FROM scorecard_standings
WHERE source = getvariable('scorecard_source')
QUALIFY row_number() OVER (PARTITION BY scorecard, entity ORDER BY occurred_at DESC, learned_at DESC) = 1;

-- What is new was so when it was evaluated; but never before what was known until now, which would not have been true.
CREATE OR REPLACE TEMP TABLE new_standings AS
SELECT
  getvariable('scorecard_source') AS source, t.scorecard, t.entity, t.score, t.most_score, t.level, t.rank, t.ranks,
  (md5_number(t.owner) // 2)::HUGEINT AS owner_key, true AS holds,
  CASE
    WHEN coalesce(least(t.evaluated_at, getvariable('scorecard_now')) > k.occurred_at, true)
      THEN least(t.evaluated_at, getvariable('scorecard_now'))
    ELSE getvariable('scorecard_now')
  END AS occurred_at,
  getvariable('scorecard_now') AS learned_at
FROM told_standings AS t
LEFT JOIN known_standings AS k USING (scorecard, entity)
WHERE (t.score, t.most_score, t.level, t.rank, t.ranks, (md5_number(t.owner) // 2)::HUGEINT, true)
  IS DISTINCT FROM (k.score, k.most_score, k.level, k.rank, k.ranks, k.owner_key, k.holds)
UNION ALL
SELECT k.* REPLACE (false AS holds, getvariable('scorecard_now') AS occurred_at, getvariable('scorecard_now') AS learned_at)
FROM known_standings AS k
LEFT JOIN told_scorecards AS s USING (scorecard)
WHERE k.holds AND coalesce(s.is_complete, true)
  AND NOT EXISTS (FROM told_standings AS t WHERE t.scorecard = k.scorecard AND t.entity = k.entity);

CREATE OR REPLACE TEMP TABLE known_levels AS
FROM scorecard_levels
WHERE source = getvariable('scorecard_source')
QUALIFY row_number() OVER (PARTITION BY scorecard, rank ORDER BY occurred_at DESC, learned_at DESC) = 1;

CREATE OR REPLACE TEMP TABLE new_levels AS
SELECT
  getvariable('scorecard_source') AS source, scorecard, rank, coalesce(t.level, k.level) AS level,
  t.level IS NOT NULL AS holds, getvariable('scorecard_now') AS occurred_at, getvariable('scorecard_now') AS learned_at
FROM told_levels AS t
FULL JOIN known_levels AS k USING (scorecard, rank)
WHERE (t.level IS NULL AND k.holds) OR (t.level IS NOT NULL AND (t.level, true) IS DISTINCT FROM (k.level, k.holds));

CREATE OR REPLACE TEMP TABLE new_evaluations AS
SELECT
  getvariable('scorecard_source') AS source, t.scorecard, t.evaluated_at AS occurred_at,
  getvariable('scorecard_now') AS learned_at
FROM (
  SELECT scorecard, least(max(evaluated_at), getvariable('scorecard_now')) AS evaluated_at
  FROM told_standings
  GROUP BY scorecard
) AS t
LEFT JOIN (
  SELECT scorecard, max(occurred_at) AS occurred_at
  FROM scorecard_evaluations
  WHERE source = getvariable('scorecard_source')
  GROUP BY scorecard
) AS k USING (scorecard)
WHERE coalesce(t.evaluated_at > k.occurred_at, true);
