-- What runs at each instant: each content once for each team, service and environment that it runs for. Places that were
-- not looked at for too long are left out. Where nothing has ever said what runs, it is the newest content of each image,
-- by when it was first heard of.
place_steps AS (
  SELECT
    place, i.ts AS from_at,
    max({
      'occurred_at': occurred_at, 'learned_at': learned_at, 'owner_key': owner_key,
      'fresh_until': coalesce(occurred_at + to_seconds(stale_seconds), TIMESTAMP '9999-12-31')
    }) AS look
  FROM running_looks_known AS l
  ASOF JOIN instants AS i ON l.effective_at <= i.ts
  GROUP BY ALL
),
place_states AS (
  SELECT
    place, from_at, max(look) OVER so_far AS look, lead(from_at, 1, TIMESTAMP '9999-12-31') OVER so_far AS until_at
  FROM place_steps
  WINDOW so_far AS (PARTITION BY place ORDER BY from_at)
),
places_at AS (
  SELECT
    i.ts, place, look.owner_key AS owner_key, look.occurred_at AS looked_at, i.ts >= look.fresh_until AS is_stale
  FROM place_states AS p
  JOIN instants AS i ON i.ts >= p.from_at AND i.ts < p.until_at
),
running_spans AS (
  SELECT
    place, coalesce(d.artifact, r.artifact) AS artifact, name, coalesce(tag, '') AS tag,
    coalesce(r.digest, '') <> '' AS has_digest, owner_key, from_at, until_at
  FROM (
    SELECT *, effective_at AS from_at, coalesce(min(effective_at) OVER newer, TIMESTAMP '9999-12-31') AS until_at
    FROM running_images_known
    WHERE effective_at <= (SELECT max(ts) FROM instants)
    WINDOW newer AS (
      PARTITION BY place, workload, container, artifact
      ORDER BY occurred_at, learned_at ROWS BETWEEN 1 FOLLOWING AND UNBOUNDED FOLLOWING
    )
  ) AS r
  LEFT JOIN artifact_digests AS d ON d.digest = r.artifact
  WHERE replicas > 0 AND from_at < until_at AND until_at > (SELECT min(ts) FROM instants)
),
heard_steps AS (
  SELECT artifact, owner_key, i.ts AS from_at, min(occurred_at) AS first_at
  FROM (
    SELECT artifact, owner_key, occurred_at, effective_at FROM artifact_scans_known
    UNION ALL
    SELECT artifact, owner_key, occurred_at, effective_at FROM artifact_sboms_known
  ) AS h
  ASOF JOIN instants AS i ON h.effective_at <= i.ts
  WHERE NOT EXISTS (FROM running_looks_known WHERE effective_at <= (SELECT min(ts) FROM instants))
  GROUP BY ALL
),
heard_at AS (
  SELECT i.ts, artifact, owner_key, min(first_at) AS first_at
  FROM heard_steps AS h
  JOIN instants AS i ON h.from_at <= i.ts
  WHERE NOT EXISTS (FROM running_looks_known AS l WHERE l.effective_at <= i.ts)
  GROUP BY ALL
),
running_told AS (
  SELECT i.ts, o.team, o.service, o.environment, r.artifact, r.name, r.tag, r.has_digest
  FROM running_spans AS r
  JOIN instants AS i ON i.ts >= r.from_at AND i.ts < r.until_at
  JOIN owners AS o ON o.owner_key = r.owner_key AND o.valid_from <= i.ts::DATE AND i.ts::DATE < o.valid_to
  LEFT JOIN places_at AS p ON p.ts = i.ts AND p.place = r.place
  WHERE NOT coalesce(p.is_stale, false)
  UNION ALL
  SELECT h.ts, o.team, o.service, o.environment, h.artifact, a.name, '', true
  FROM heard_at AS h
  JOIN (SELECT DISTINCT artifact, name FROM artifacts WHERE kind = 'image') AS a USING (artifact)
  JOIN owners AS o ON o.owner_key = h.owner_key AND o.valid_from <= h.ts::DATE AND h.ts::DATE < o.valid_to
  QUALIFY row_number() OVER (
    PARTITION BY h.ts, o.team, o.service, o.environment, a.name ORDER BY first_at DESC, h.artifact DESC
  ) = 1
),
running_at AS (SELECT DISTINCT ts, team, service, environment, artifact FROM running_told)
