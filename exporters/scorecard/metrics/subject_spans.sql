-- What is said of subjects, while it was said; not what was said last too long ago by who may fall silent.
subject_spans AS (
  SELECT *
  FROM (
    SELECT *, effective_at AS from_at, coalesce(min(effective_at) OVER newer, TIMESTAMP '9999-12-31') AS until_at
    FROM subject_states_known
    WHERE effective_at <= (SELECT max(ts) FROM instants)
    WINDOW newer AS (
      PARTITION BY exporter, "check", kind, subject, service, environment
      ORDER BY occurred_at, learned_at ROWS BETWEEN 1 FOLLOWING AND UNBOUNDED FOLLOWING
    )
  )
  WHERE state <> 'gone' AND from_at < until_at AND until_at > (SELECT min(moment) FROM moments)
),
silent AS (
  SELECT c.moment, c.exporter, c."check", c.subject
  FROM (
    SELECT moment, exporter, "check", subject
    FROM moments
    CROSS JOIN (SELECT DISTINCT exporter, "check", subject FROM subject_looks_known)
  ) AS c
  ASOF JOIN subject_looks_known AS l
    ON l.exporter = c.exporter AND l."check" = c."check" AND l.subject = c.subject AND l.effective_at <= c.moment
  WHERE l.effective_at
    <= c.moment - to_seconds(coalesce((SELECT max(value) FROM settings WHERE name = 'stale_hours'), 48) * 3600)
),
own_looks AS (
  SELECT exporter, "check", subject, min(effective_at) AS looked_at
  FROM subject_looks_known
  WHERE subject <> ''
  GROUP BY ALL
),
subjects_at AS (
  SELECT
    m.moment, s.exporter, s."check", s.kind, s.subject, s.team, s.service, s.environment, s.since, s.detail, s.amount,
    s.unit, CASE WHEN q.moment IS NULL THEN s.state ELSE 'unknown' END AS state
  FROM subject_spans AS s
  JOIN moments AS m ON m.moment >= s.from_at AND m.moment < s.until_at
  LEFT JOIN own_looks AS o
    ON o.exporter = s.exporter AND o."check" = s."check" AND o.subject = s.subject AND o.looked_at <= m.moment
  LEFT JOIN silent AS q
    ON q.moment = m.moment AND q.exporter = s.exporter AND q."check" = s."check" AND q.subject = coalesce(o.subject, '')
)
