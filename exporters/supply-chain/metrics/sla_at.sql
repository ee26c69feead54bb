-- Vulnerabilities and secrets that are open, or were when they were last seen, by when their limit ends. What is
-- exploited has the shorter limit from when that was known. Where the clock runs from a fix, it waits for one; a secret
-- needs none.
sla_at AS (
  SELECT
    *,
    CASE
      WHEN NOT has_limit THEN 'none'
      WHEN due_at IS NULL THEN 'waiting'
      WHEN due_at <= ts THEN 'breached'
      WHEN due_at <= ts + to_seconds(due_days * 86400) THEN 'due'
      ELSE 'within'
    END AS status
  FROM (
    SELECT
      *,
      least(
        begins_at + to_seconds(sla_days * 86400), greatest(begins_at, exploited_at) + to_seconds(exploited_days * 86400)
      ) AS due_at
    FROM (
      SELECT
        d.*, due_days, coalesce(own.sla_days, urgent.sla_days) IS NOT NULL AS has_limit, own.sla_days,
        urgent.sla_days AS exploited_days,
        CASE
          WHEN from_fix = 0 OR engine <> 'vulnerability' THEN opened_at
          WHEN fix_at IS NOT NULL THEN greatest(opened_at, fix_at)
        END AS begins_at
      FROM described AS d
      CROSS JOIN (
        SELECT
          coalesce((SELECT max(value) FROM settings WHERE name = 'due_days'), 7) AS due_days,
          coalesce((SELECT max(value) FROM settings WHERE name = 'sla_from_fix'), 0) AS from_fix
      )
      LEFT JOIN supply_chain_sla AS own ON own.severity = d.severity AND NOT own.is_exploited
      LEFT JOIN supply_chain_sla AS urgent
        ON urgent.severity = d.severity AND urgent.is_exploited AND d.exploited = 'yes'
      WHERE d.state IN ('open', 'unknown') AND d.engine IN ('vulnerability', 'secret') AND d.opened_at IS NOT NULL
    )
  )
)
