-- The words about findings are those of the newest report that lists them.
CREATE OR REPLACE TEMP TABLE words AS
SELECT finding, engine, policy, resource, title, message, location, url, original_severity, evaluated_at AS told_at
FROM told_here
WHERE outcome IN ('fail', 'excepted')
QUALIFY row_number() OVER (PARTITION BY finding ORDER BY evaluated_at DESC, rank, severity_rank, scope, part) = 1;

UPDATE findings AS f
SET title = w.title, message = w.message, location = w.location, url = w.url, original_severity = w.original_severity,
  told_at = w.told_at, learned_at = (SELECT now FROM told_round)
FROM words AS w
WHERE f.finding = w.finding AND f.told_at <= w.told_at
  AND (f.title, f.message, f.location, f.url, f.original_severity)
    IS DISTINCT FROM (w.title, w.message, w.location, w.url, w.original_severity);
INSERT INTO findings BY NAME
SELECT *, (SELECT now FROM told_round) AS learned_at FROM words ANTI JOIN findings USING (finding);
