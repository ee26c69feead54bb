-- Kaplan and Meier's estimate with delayed entry: at each age at which something is resolved, the share of those at risk
-- (come under observation at an earlier age, and not out of it before this one) that is not. Who was open before a window
-- began comes under observation at the age it had then. Ages are in microseconds. Each label set, and each label set with
-- severity "all", is one number, as many texts would be sorted and compared.
label_sets AS (
  SELECT ts, team, service, severity, row_number() OVER () AS own, dense_rank() OVER (ORDER BY ts, team, service) AS every
  FROM (SELECT DISTINCT ts, team, service, severity FROM levelled)
),
observed AS (
  SELECT
    unnest([own * 4, own * 4 + 1, every * 4 + 2, every * 4 + 3]) AS series,
    unnest([entry_90d, entry_365d, entry_90d, entry_365d]) AS entry, exit, is_resolved
  FROM (
    SELECT
      own, every, outcome = 'resolved' AS is_resolved, epoch_us(ended_at - opened_at) AS exit,
      greatest(epoch_us(ts - INTERVAL 90 DAY - opened_at), 0) AS entry_90d,
      greatest(epoch_us(ts - INTERVAL 365 DAY - opened_at), 0) AS entry_365d
    FROM levelled
    JOIN label_sets USING (ts, team, service, severity)
  )
),
-- What comes after the last event, or after the 30 days that unresolved_after.sql asks for, is one age.
reaches AS (
  SELECT series, greatest(coalesce(max(exit) FILTER (is_resolved), 0), epoch_us(INTERVAL 30 DAY)) AS reach
  FROM observed
  WHERE exit > entry
  GROUP BY series
),
within_reach AS (
  SELECT series, entry, least(exit, reach + 1) AS exit, is_resolved
  FROM observed
  JOIN reaches USING (series)
  WHERE exit > entry AND entry < reach
),
ages AS (
  SELECT series, age, sum(enters)::BIGINT AS enters, sum(leaves)::BIGINT AS leaves, sum(resolved)::BIGINT AS resolved
  FROM (
    SELECT series, entry AS age, count(*) AS enters, 0 AS leaves, 0 AS resolved
    FROM within_reach
    GROUP BY series, entry
    UNION ALL
    SELECT series, exit, 0, count(*), count(*) FILTER (is_resolved)
    FROM within_reach
    GROUP BY series, exit
  )
  GROUP BY series, age
),
-- A frame that ends with the row itself is summed in one go.
risks AS (
  SELECT
    series, age, resolved,
    (sum(enters - leaves) OVER (PARTITION BY series ORDER BY age ROWS UNBOUNDED PRECEDING) - enters + leaves)::BIGINT
      AS at_risk
  FROM ages
),
survival AS (
  SELECT
    series, age, at_risk,
    exp(sum(CASE WHEN resolved < at_risk THEN ln(1 - resolved / at_risk) ELSE -1000 END) OVER (
      PARTITION BY series ORDER BY age ROWS UNBOUNDED PRECEDING
    )) AS surviving
  FROM risks
  WHERE resolved > 0
),
-- Few at risk are the tail of an estimate, or its thin beginning: where many come under observation later, what one of
-- the few does would be said of all. From `thin_from` on nothing is told.
thin AS (
  SELECT series, min(age) AS thin_from
  FROM survival
  JOIN (
    SELECT
      series, min(age) AS first_age, max(age) FILTER (at_risk >= minimum) AS ample_until, any_value(minimum) AS minimum
    FROM survival
    CROSS JOIN (
      SELECT coalesce((SELECT max(value) FROM settings WHERE name = 'minimum_samples'), 5) AS minimum
    )
    GROUP BY series
  ) USING (series)
  WHERE at_risk < minimum AND (age = first_age OR age < ample_until)
  GROUP BY series
),
named AS (
  SELECT
    unnest([own * 4, own * 4 + 1]) AS series, ts, team, service, severity, unnest(['90d', '365d']) AS "window"
  FROM label_sets
  UNION ALL
  SELECT unnest([every * 4 + 2, every * 4 + 3]), ts, team, service, 'all', unnest(['90d', '365d'])
  FROM (SELECT DISTINCT ts, team, service, every FROM label_sets)
)
