-- Each policy at each instant: what is violated of it, whether something looks, and since when it is clean.
rule_findings AS (
  SELECT
    ts, engine, policy, count(*) FILTER (state = 'open') AS n_open, count(*) FILTER (state = 'unknown') AS n_unknown
  FROM found_at
  GROUP BY ALL
),
rule_scopes AS (
  SELECT
    ts, engine, policy, count(DISTINCT scope) FILTER (NOT coalesce(c.is_stale, true)) AS n_fresh,
    bool_and(enforcement = 'enforce') AS is_enforced
  FROM rule_modes AS m
  LEFT JOIN scopes_at AS c USING (ts, engine, scope)
  GROUP BY ALL
),
-- A policy is clean from when the last of its violations was resolved or excepted; one that never had any, from when it
-- was first evaluated.
cleared AS (
  SELECT i.ts, engine, policy, max(cleared_at) AS cleared_at, min(first_at) AS first_at
  FROM (
    SELECT engine, policy, effective_at AS seen_at, occurred_at AS cleared_at, NULL AS first_at
    FROM finding_states_known
    WHERE state IN ('resolved', 'excepted') AND opened_at IS NOT NULL
    UNION ALL
    SELECT engine, policy, effective_at, NULL, occurred_at FROM finding_tallies_known WHERE results > 0 AND policy <> ''
    UNION ALL
    SELECT engine, policy, effective_at, NULL, occurred_at FROM finding_policies_known WHERE holds AND policy <> ''
  ) AS told
  ASOF JOIN instants AS i ON told.seen_at <= i.ts
  GROUP BY ALL
),
clean_since AS (
  SELECT
    i.ts, k.engine, k.policy,
    coalesce(max(cleared_at) OVER until_then, min(first_at) OVER until_then) AS clean_at
  FROM instants AS i
  CROSS JOIN (SELECT DISTINCT engine, policy FROM cleared) AS k
  LEFT JOIN cleared AS c ON c.ts = i.ts AND c.engine = k.engine AND c.policy = k.policy
  WINDOW until_then AS (PARTITION BY k.engine, k.policy ORDER BY i.ts)
),
rule_standing AS (
  SELECT
    ts, engine, policy, n_open, is_enforced,
    CASE WHEN n_open + n_unknown = 0 AND n_fresh > 0 THEN clean_at END AS clean_at,
    CASE
      WHEN is_enforced THEN 'enforced'
      WHEN n_open > 0 THEN 'violated'
      WHEN n_unknown > 0 OR n_fresh = 0 THEN 'unknown'
      WHEN clean_at <= ts - to_days(coalesce((SELECT max(value) FROM settings WHERE name = 'clean_days'), 14)::INTEGER)
        THEN 'ready'
      ELSE 'settling'
    END AS readiness
  FROM (
    SELECT
      ts, engine, policy, coalesce(n_open, 0) AS n_open, coalesce(n_unknown, 0) AS n_unknown,
      coalesce(n_fresh, 0) AS n_fresh, coalesce(is_enforced, false) AS is_enforced, clean_at
    FROM rule_findings
    FULL JOIN rule_scopes USING (ts, engine, policy)
    LEFT JOIN clean_since USING (ts, engine, policy)
  )
),
-- Of each readiness the most violated and the longest clean first, those that are enforced after all others.
ranked AS (
  SELECT
    *, row_number() OVER (PARTITION BY ts ORDER BY is_enforced, own_place, readiness, engine, policy) AS place,
    coalesce((SELECT max(value) FROM settings WHERE name = 'top_policies'), 100) AS places
  FROM (
    SELECT
      *, row_number() OVER (PARTITION BY ts, readiness ORDER BY n_open DESC, clean_at, engine, policy) AS own_place
    FROM rule_standing
  )
)
