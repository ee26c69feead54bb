newest AS (
  SELECT i.ts, r.* EXCLUDE (occurred_at, learned_at, effective_at)
  FROM instants AS i JOIN survey_releases_known AS r ON r.effective_at <= i.ts
  QUALIFY row_number() OVER (
    PARTITION BY i.ts, r.survey ORDER BY r.closes_at DESC, r.learned_at DESC, r.wave DESC, r.release DESC
  ) = 1
)
