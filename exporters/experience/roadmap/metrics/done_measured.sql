measured AS (FROM done_in)
