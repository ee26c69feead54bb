-- What is meant by a digest or a reference, and where that runs: a digest is one content, a tag the newest content that was
-- called so, a name alone what runs of it, else its newest.
named AS (
  SELECT DISTINCT a.artifact, a.name, a.tag, a.owner_key, a.first_at
  FROM artifacts AS a
  WHERE CASE
    WHEN $digest IS NOT NULL
      THEN a.artifact IN (SELECT artifact FROM artifact_digests WHERE digest = $digest) OR a.artifact = $digest
    ELSE a.name = $name AND ($tag IS NULL OR a.tag = $tag)
  END
),
placed AS (
  SELECT n.*, r.team, r.environment
  FROM named AS n
  LEFT JOIN (SELECT DISTINCT artifact, team, environment FROM running_at) AS r USING (artifact)
),
chosen AS (
  SELECT * FROM placed
  QUALIFY CASE
    WHEN $digest IS NOT NULL THEN true
    WHEN $tag IS NULL AND bool_or(environment IS NOT NULL) OVER () THEN environment IS NOT NULL
    ELSE dense_rank() OVER (ORDER BY first_at DESC, artifact DESC) = 1
  END
)
