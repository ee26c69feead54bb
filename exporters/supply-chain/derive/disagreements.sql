-- Artifacts that were scanned since the last time, where what their scanners report differs otherwise than it did.
INSERT INTO scanner_disagreements BY NAME
WITH scanned AS MATERIALIZED (
  SELECT DISTINCT artifact FROM artifact_scans WHERE learned_at >= getvariable('derived_through')
),
scanners AS MATERIALIZED (
  SELECT artifact, scanner, max(occurred_at) AS scanned_at
  FROM artifact_scans
  SEMI JOIN scanned USING (artifact)
  WHERE completeness <> 'failed' AND list_contains(classes, 'vulnerability')
  GROUP BY ALL
),
several AS MATERIALIZED (
  SELECT artifact, max(scanned_at) AS scanned_at FROM scanners GROUP BY artifact HAVING count(*) > 1
),
reported AS MATERIALIZED (
  SELECT DISTINCT artifact, scanner, vulnerability
  FROM scan_results
  SEMI JOIN several USING (artifact)
  WHERE class = 'vulnerability'
),
vulnerable AS MATERIALIZED (
  SELECT artifact, vulnerability, count(*) AS scanners, any_value(scanner) AS scanner FROM reported GROUP BY ALL
),
every AS MATERIALIZED (SELECT artifact, count(*) AS n FROM vulnerable GROUP BY artifact),
own AS MATERIALIZED (SELECT artifact, scanner, count(*) AS n FROM reported GROUP BY ALL),
lonely AS MATERIALIZED (SELECT artifact, scanner, count(*) AS n FROM vulnerable WHERE scanners = 1 GROUP BY ALL),
newest AS MATERIALIZED (
  SELECT artifact, scanner, alone, missed, occurred_at
  FROM scanner_disagreements
  SEMI JOIN several USING (artifact)
  QUALIFY row_number() OVER (PARTITION BY artifact, scanner ORDER BY occurred_at DESC, learned_at DESC) = 1
),
judged AS (
  SELECT
    s.artifact, s.scanner, coalesce(l.n, 0) AS alone, coalesce(e.n, 0) - coalesce(o.n, 0) AS missed,
    least(t.scanned_at, getvariable('derived_at')) AS scanned_at
  FROM scanners AS s
  JOIN several AS t USING (artifact)
  LEFT JOIN every AS e USING (artifact)
  LEFT JOIN own AS o ON o.artifact = s.artifact AND o.scanner = s.scanner
  LEFT JOIN lonely AS l ON l.artifact = s.artifact AND l.scanner = s.scanner
)
SELECT
  j.artifact, j.scanner, j.alone, j.missed, greatest(j.scanned_at, n.occurred_at) AS occurred_at,
  getvariable('derived_at') AS learned_at
FROM judged AS j
LEFT JOIN newest AS n USING (artifact, scanner)
WHERE (j.alone, j.missed) IS DISTINCT FROM (n.alone, n.missed);
