-- Violations that were open at some time in the last 365 days, from when they were opened until they were resolved, else
-- until they were last known to be open: now, or the last look that saw them where they are unknown or their scope fell
-- silent, or when they were first excepted.
excepted_since AS (
  SELECT i.ts, finding, scope, episode, min(occurred_at) AS excepted_at
  FROM finding_states_known AS s
  JOIN instants AS i ON s.effective_at <= i.ts
  WHERE state = 'excepted'
  GROUP BY ALL
),
episodes_at AS (
  SELECT i.ts, engine, team, service, severity, occurred_at - to_seconds(seconds) AS opened_at,
    occurred_at AS ended_at, 'resolved' AS outcome
  FROM finding_events_known AS e
  JOIN instants AS i ON e.effective_at <= i.ts AND e.occurred_at > i.ts - INTERVAL 365 DAY
  WHERE event = 'resolved'
  UNION ALL
  SELECT i.ts, s.engine, s.team, s.service, s.severity, s.opened_at,
    CASE
      WHEN s.state = 'excepted' THEN x.excepted_at
      WHEN s.state = 'unknown' THEN s.last_seen_at
      WHEN c.is_stale THEN c.looked_at
      ELSE i.ts
    END AS ended_at,
    CASE WHEN s.state = 'open' AND NOT coalesce(c.is_stale, false) THEN 'open' ELSE 'censored' END AS outcome
  FROM finding_spans AS s
  JOIN instants AS i ON i.ts >= s.from_at AND i.ts < s.until_at
  LEFT JOIN scopes_at AS c ON c.ts = i.ts AND c.engine = s.engine AND c.scope = s.scope
  LEFT JOIN excepted_since AS x
    ON x.ts = i.ts AND x.finding = s.finding AND x.scope = s.scope AND x.episode = s.episode
  WHERE s.state <> 'resolved'
)
