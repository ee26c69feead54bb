-- Running images that have a watched package, by the bill of materials that each is known by.
watch_spans AS (
  SELECT watch, artifact, packages, from_at, until_at
  FROM (
    SELECT *, effective_at AS from_at, coalesce(min(effective_at) OVER newer, TIMESTAMP '9999-12-31') AS until_at
    FROM watch_matches_known
    WHERE effective_at <= (SELECT max(ts) FROM instants)
    WINDOW newer AS (
      PARTITION BY watch, artifact ORDER BY occurred_at, learned_at ROWS BETWEEN 1 FOLLOWING AND UNBOUNDED FOLLOWING
    )
  )
  WHERE packages > 0 AND from_at < until_at AND until_at > (SELECT min(ts) FROM instants)
),
listed_as AS (
  SELECT ts, artifact, told_as
  FROM running_as AS r
  WHERE EXISTS (FROM artifact_sboms_known AS s WHERE s.artifact = r.told_as AND s.effective_at <= r.ts)
  QUALIFY row_number() OVER (PARTITION BY ts, artifact ORDER BY rank, told_as) = 1
),
watched_at AS (
  SELECT r.ts, r.team, r.environment, w.watch, r.artifact
  FROM (SELECT DISTINCT ts, team, environment, artifact FROM running_at) AS r
  JOIN listed_as AS l ON l.ts = r.ts AND l.artifact = r.artifact
  JOIN watch_spans AS w ON w.artifact = l.told_as AND r.ts >= w.from_at AND r.ts < w.until_at
)
