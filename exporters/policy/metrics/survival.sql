-- Kaplan and Meier's estimate with delayed entry: at each age at which something is resolved, the share of those at risk
-- (come under observation at an earlier age, and not out of it before this one) that is not.
ages AS (
  SELECT
    ts, team, service, environment, CASE WHEN grouping(severity) = 1 THEN 'all' ELSE severity END AS severity, "window",
    age, sum(enters) AS enters, sum(leaves) AS leaves, sum(resolved) AS resolved
  FROM (
    SELECT ts, team, service, environment, severity, "window", entry AS age, n AS enters, 0 AS leaves, 0 AS resolved
    FROM levelled
    UNION ALL
    SELECT ts, team, service, environment, severity, "window", exit, 0, n, CASE WHEN outcome = 'resolved' THEN n ELSE 0 END
    FROM levelled
  )
  GROUP BY GROUPING SETS (
    (ts, team, service, environment, severity, "window", age), (ts, team, service, environment, "window", age)
  )
),
risks AS (
  SELECT
    *, coalesce(sum(enters - leaves) OVER (
      PARTITION BY ts, team, service, environment, severity, "window" ORDER BY age
      ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING
    ), 0) AS at_risk
  FROM ages
),
-- A few at risk are the tail of an estimate or its thin beginning: where many come under observation later, what one of
-- the few does would be said of all. `is_thin` says so, and from there on nothing is told.
survival AS (
  SELECT
    ts, team, service, environment, severity, "window", age, resolved, at_risk,
    exp(sum(CASE WHEN resolved < at_risk THEN ln(1 - resolved / at_risk) ELSE -1000 END) OVER so_far) AS surviving,
    at_risk < minimum AND (
      row_number() OVER so_far = 1 OR coalesce(max(at_risk) OVER later, 0) >= minimum
    ) AS is_thin
  FROM risks
  CROSS JOIN (
    SELECT coalesce((SELECT max(value) FROM policy_settings WHERE name = 'minimum_samples'), 5) AS minimum
  )
  WHERE resolved > 0
  WINDOW
    so_far AS (PARTITION BY ts, team, service, environment, severity, "window" ORDER BY age),
    later AS (
      PARTITION BY ts, team, service, environment, severity, "window" ORDER BY age
      ROWS BETWEEN 1 FOLLOWING AND UNBOUNDED FOLLOWING
    )
)
