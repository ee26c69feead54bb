-- A finding of two places is two: each is remedied where it runs.
findings_at AS (FROM found_at)
