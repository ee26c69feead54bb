-- The newest bill of materials of each artifact at each instant.
sbom_steps AS (
  SELECT
    artifact, i.ts AS from_at,
    max({'occurred_at': occurred_at, 'learned_at': learned_at, 'gaps': list_sort(gaps)}) AS sbom
  FROM artifact_sboms_known AS s
  ASOF JOIN instants AS i ON s.effective_at <= i.ts
  GROUP BY ALL
),
sbom_states AS (
  SELECT
    artifact, from_at, max(sbom) OVER so_far AS sbom, lead(from_at, 1, TIMESTAMP '9999-12-31') OVER so_far AS until_at
  FROM sbom_steps
  WINDOW so_far AS (PARTITION BY artifact ORDER BY from_at)
),
told_sboms_at AS (
  SELECT
    i.ts, artifact, sbom.occurred_at AS made_at, sbom.gaps AS gaps,
    CASE
      WHEN sbom.occurred_at
        <= i.ts - to_seconds(coalesce((SELECT max(value) FROM settings WHERE name = 'sbom_stale_days'), 90) * 86400)
        THEN 'stale'
      WHEN list_has_any(
        sbom.gaps, (SELECT list(substr(name, 15)) FROM settings WHERE starts_with(name, 'sbom_required_'))
      ) THEN 'incomplete'
      ELSE 'complete'
    END AS status
  FROM sbom_states AS s
  JOIN instants AS i ON i.ts >= s.from_at AND i.ts < s.until_at
),
sboms_at AS (
  SELECT r.ts, r.artifact, s.made_at, s.gaps, s.status
  FROM running_as AS r
  JOIN told_sboms_at AS s ON s.ts = r.ts AND s.artifact = r.told_as
  QUALIFY row_number() OVER (PARTITION BY r.ts, r.artifact ORDER BY rank, told_as) = 1
)
