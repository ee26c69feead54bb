SELECT i.ts, r.survey, count(DISTINCT r.wave) AS value
FROM instants AS i JOIN survey_releases_known AS r ON r.effective_at <= i.ts
GROUP BY ALL
