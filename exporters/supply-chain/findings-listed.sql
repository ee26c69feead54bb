-- What is listed, in the order that was asked for. A finding that was never open but excepted is as old as it is known.
listed AS (
  SELECT
    finding, d.engine AS class, d.policy, d.severity, d.state, d.fix, d.fix_at, d.fixed_version, d.exploited,
    CASE WHEN d.state = 'unknown' AND d.reason = '' THEN 'stale' ELSE d.reason END AS reason, d.team, d.service,
    d.environment, d.scope, coalesce(d.opened_at, d.first_seen_at) AS opened_at, d.first_seen_at, d.last_seen_at,
    coalesce(s.status, '') AS sla, s.due_at, regexp_extract(d.scope, '^image:([^@]*)', 1) AS image,
    regexp_extract(d.scope, '^repository:(.*)$', 1) AS repository, regexp_extract(d.scope, '@(.*)$', 1) AS place,
    CASE $sort
      WHEN 'severity' THEN list_position(['critical', 'high', 'medium', 'low', 'info', 'unknown'], d.severity)
      WHEN 'due' THEN coalesce(epoch(s.due_at)::BIGINT, 999999999999)
      ELSE 0
    END AS rank
  FROM described AS d
  LEFT JOIN (SELECT ts, finding, scope, status, due_at FROM sla_at) AS s USING (ts, finding, scope)
)
