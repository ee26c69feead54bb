settings AS (FROM roadmap_settings)
