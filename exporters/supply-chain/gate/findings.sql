-- What the newest scans of gate_artifacts found, each once: the worst that any scanner says of it. Only what a rule may
-- ask for (gate_asked). Excepted is what every scanner that has it, or VEX, excepts.
WITH results AS (
  SELECT
    s.artifact, s.told_as, a.kind, a.name, r.class, r.vulnerability, r.package, r.version, r.severity, r.fix,
    r.fixed_versions, r.first_seen_at, r.exception,
    list_position(['critical', 'high', 'medium', 'low', 'info', 'unknown'], r.severity) AS severity_rank
  FROM gate_scans AS s
  JOIN scan_results AS r ON r.artifact = s.told_as AND r.class = s.class
  JOIN (SELECT DISTINCT ON (artifact) artifact, kind, name FROM artifacts ORDER BY artifact, name) AS a
    ON a.artifact = s.artifact
),
asked AS (
  SELECT * FROM results AS r
  WHERE EXISTS (
    FROM gate_asked AS q
    WHERE q.class = r.class AND r.severity_rank <= q.severity_rank AND (NOT q.needs_fix OR r.fix IN ('fixed', 'unknown'))
  )
),
vex AS (
  SELECT
    vulnerability, artifact, status, occurred_at, learned_at, id, purl, justification, statement,
    regexp_replace(regexp_replace(purl, '[?#].*$', ''), '@[^/]*$', '') AS package,
    url_decode(regexp_extract(regexp_replace(purl, '[?#].*$', ''), '@([^/]*)$', 1)) AS version
  FROM vex_statements
  WHERE holds
),
said AS (
  SELECT
    o.artifact, o.vulnerability, o.package, o.version,
    max({
      'occurred_at': v.occurred_at, 'learned_at': v.learned_at, 'id': v.id, 'status': v.status,
      'reason': coalesce(nullif(v.justification, ''), nullif(v.statement, ''), v.status)
    }) AS newest
  FROM (SELECT DISTINCT artifact, told_as, name, vulnerability, package, version FROM asked WHERE class = 'vulnerability') AS o
  JOIN vex AS v USING (vulnerability)
  WHERE (v.artifact IN (o.artifact, o.told_as, o.name) OR (v.artifact = '' AND v.purl <> ''))
    AND (v.purl = '' OR (v.package = o.package AND v.version IN ('', o.version)))
  GROUP BY ALL
),
known AS (
  SELECT
    a.*,
    CASE
      WHEN e.exception IS NOT NULL AND (e.expires_at IS NULL OR e.expires_at > getvariable('gate_now'))
        THEN coalesce(nullif(e.reason, ''), e.suppressed_by)
      WHEN v.newest.status IN ('not_affected', 'fixed') THEN v.newest.reason
    END AS excepted_by
  FROM asked AS a
  LEFT JOIN scan_exceptions AS e USING (exception)
  LEFT JOIN said AS v USING (artifact, vulnerability, package, version)
),
exploited AS (
  SELECT DISTINCT coalesce(a.vulnerability, k.vulnerability) AS vulnerability
  FROM (
    FROM kev_entries
    QUALIFY row_number() OVER (PARTITION BY vulnerability ORDER BY occurred_at DESC, learned_at DESC) = 1
  ) AS k
  LEFT JOIN vulnerability_aliases AS a ON a.alias = k.vulnerability
  WHERE k.holds
),
merged AS (
  SELECT
    artifact, kind, name, class, vulnerability, package, version,
    -- A condition of its own in a join would have it compare each with each.
    CASE class WHEN 'vulnerability' THEN vulnerability END AS known_as, min(severity_rank) AS severity_rank,
    bool_or(fix = 'fixed') AS is_fixed, bool_and(fix = 'unknown') AS is_fix_unknown,
    list_distinct(flatten(list(fixed_versions))) AS fixed_versions, min(first_seen_at) AS first_seen_at,
    bool_and(excepted_by IS NOT NULL) AS is_excepted, max(excepted_by) AS excepted_by
  FROM known
  GROUP BY ALL
),
scores AS (
  SELECT a.vulnerability, max(e.score) AS score
  FROM vulnerability_aliases AS a
  JOIN epss_scores AS e ON e.vulnerability = a.alias
  WHERE a.vulnerability IN (SELECT vulnerability FROM merged)
  GROUP BY ALL
),
names AS (
  SELECT vulnerability, list(alias ORDER BY alias) AS aliases
  FROM vulnerability_aliases
  WHERE vulnerability IN (SELECT vulnerability FROM merged)
  GROUP BY ALL
)
SELECT
  m.artifact, m.class, coalesce(b.best, m.vulnerability) AS id, coalesce(n.aliases, [m.vulnerability]) AS aliases,
  m.package, m.version, ['critical', 'high', 'medium', 'low', 'info', 'unknown'][m.severity_rank] AS severity,
  m.fixed_versions, CASE WHEN m.is_fixed THEN true WHEN m.is_fix_unknown THEN NULL ELSE false END AS has_fix,
  CASE WHEN getvariable('gate_knows_kev') THEN x.vulnerability IS NOT NULL END AS is_exploited,
  CASE WHEN getvariable('gate_knows_epss') THEN coalesce(s.score, 0) END AS epss,
  epoch_ms(least(m.first_seen_at, l.opened_at)) AS opened_at,
  coalesce(l.is_breached, false) AS is_breached, CASE WHEN m.is_excepted THEN m.excepted_by END AS exception
FROM merged AS m
LEFT JOIN vulnerabilities AS b ON b.vulnerability = m.known_as
LEFT JOIN names AS n ON n.vulnerability = m.known_as
LEFT JOIN exploited AS x ON x.vulnerability = m.known_as
LEFT JOIN scores AS s ON s.vulnerability = m.known_as
LEFT JOIN gate_lives AS l
  ON l.engine = m.class AND l.policy = m.vulnerability AND l.resource = concat(m.kind, ':', m.name, '|', m.package)
ORDER BY m.artifact, m.severity_rank, id, m.package, m.version
