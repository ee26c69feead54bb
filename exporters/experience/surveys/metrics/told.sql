told AS (
  SELECT n.ts, x.*
  FROM newest AS n JOIN survey_results AS x USING (survey, wave, release)
  WHERE n.ts < n.expires_at
)
