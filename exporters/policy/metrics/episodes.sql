-- Every engine counts.
episodes AS (FROM episodes_at)
