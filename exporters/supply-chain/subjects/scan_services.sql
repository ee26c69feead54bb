-- Services with images that run, and whether any of those was scanned in time.
scanned_services AS (
  SELECT
    r.ts, r.team, r.service, r.environment, bool_or(s.status IN ('fresh', 'partial')) AS is_scanned
  FROM running_at AS r
  LEFT JOIN image_scans_at AS s USING (ts, artifact)
  WHERE r.service NOT IN ('', 'unassigned')
  GROUP BY ALL
),
breached AS (
  SELECT
    ts, team, service, environment, count(*) AS n, min(due_at) AS since,
    string_agg(DISTINCT severity, ', ' ORDER BY severity) AS severities
  FROM sla_at
  WHERE status = 'breached' AND service NOT IN ('', 'unassigned')
  GROUP BY ALL
)
