settings AS (FROM scorecard_settings)
