-- Whether a finding has a fix at each instant, and since when; one that nothing is told of is missing.
fix_spans AS (
  SELECT *
  FROM (
    SELECT
      finding, scope, has_fix, fixed_version, occurred_at, effective_at AS from_at,
      coalesce(min(effective_at) OVER newer, TIMESTAMP '9999-12-31') AS until_at
    FROM finding_fixes_known
    WHERE effective_at <= (SELECT max(ts) FROM instants)
    WINDOW newer AS (
      PARTITION BY finding, scope
      ORDER BY occurred_at, learned_at ROWS BETWEEN 1 FOLLOWING AND UNBOUNDED FOLLOWING
    )
  )
  WHERE from_at < until_at AND until_at > (SELECT min(ts) FROM instants)
),
fixes_at AS (
  SELECT i.ts, finding, scope, has_fix, fixed_version, occurred_at AS fix_at
  FROM fix_spans AS x
  JOIN instants AS i ON i.ts >= x.from_at AND i.ts < x.until_at
)
