-- Scores that are newer than what is known of their vulnerability, each with since when it is high, or is not. Where some
-- are told of and not all, what says the same again is none of them.
CREATE OR REPLACE TEMP TABLE fresh_epss AS
WITH heard AS (
  SELECT
    *, score >= coalesce((SELECT max(value) FROM supply_chain_settings WHERE name = 'epss_high'), 0.1) AS was_high
  FROM (SELECT DISTINCT ON (vulnerability) * FROM heard_epss)
)
SELECT h.*, CASE WHEN h.was_high = k.was_high THEN coalesce(k.since, h.day) ELSE h.day END AS since
FROM heard AS h
LEFT JOIN epss_scores AS k USING (vulnerability)
WHERE k.vulnerability IS NULL
  OR k.day < h.day
  OR (k.day = h.day AND NOT (
    getvariable('epss_keeps_same')
    AND (k.score, k.percentile) IS NOT DISTINCT FROM (h.score, h.percentile)
  ))
