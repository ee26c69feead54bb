counted AS (FROM lead_times)
