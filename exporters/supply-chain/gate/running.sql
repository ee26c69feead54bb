-- What runs and has to be judged: all of it, or images of a name that something was told of, and those never judged.
SELECT DISTINCT r.artifact, r.environment
FROM running_told AS r
WHERE $all::BOOLEAN
  OR r.name IN (
    SELECT name FROM artifacts WHERE artifact IN (
      SELECT artifact FROM artifact_scans WHERE learned_at >= $through::TIMESTAMP
      UNION ALL SELECT artifact FROM artifact_sboms WHERE learned_at >= $through::TIMESTAMP
      UNION ALL SELECT artifact FROM attestations WHERE learned_at >= $through::TIMESTAMP
      UNION ALL SELECT artifact FROM signature_looks WHERE learned_at >= $through::TIMESTAMP
      UNION ALL SELECT artifact FROM running_images WHERE learned_at >= $through::TIMESTAMP
    )
  )
  OR NOT EXISTS (FROM gate_verdicts AS v WHERE v.artifact = r.artifact AND v.environment = r.environment)
