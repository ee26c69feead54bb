measured AS (FROM promises WHERE is_over)
