-- A day's scores take the place of the day before's: since when each is high, or is not, is kept.
CREATE OR REPLACE TEMP TABLE epss_now AS
WITH heard AS (
  SELECT
    *, score >= coalesce((SELECT max(value) FROM supply_chain_settings WHERE name = 'epss_high'), 0.1) AS was_high
  FROM (SELECT DISTINCT ON (vulnerability) * FROM heard_epss)
)
SELECT h.*, CASE WHEN h.was_high = k.was_high THEN coalesce(k.since, h.day) ELSE h.day END AS since
FROM heard AS h
LEFT JOIN epss_scores AS k USING (vulnerability);
DELETE FROM epss_scores;
INSERT INTO epss_scores BY NAME FROM epss_now;
DROP TABLE epss_now;
