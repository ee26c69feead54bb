-- The words about findings are those of the newest report that lists them.
UPDATE findings AS f
SET title = w.title, message = w.message, location = w.location, url = w.url, original_severity = w.original_severity,
  told_at = w.told_at, learned_at = getvariable('told_now')
FROM words AS w
WHERE f.finding = w.finding AND f.told_at <= w.told_at
  AND (f.title, f.message, f.location, f.url, f.original_severity)
    IS DISTINCT FROM (w.title, w.message, w.location, w.url, w.original_severity);
INSERT INTO findings BY NAME
SELECT *, getvariable('told_now') AS learned_at FROM words ANTI JOIN findings USING (finding);
