-- The cycles of one product: a row where one differs from what the newest known one told.
CREATE OR REPLACE TEMP TABLE cycles_new AS
WITH before AS (
  SELECT * FROM end_of_life_cycles
  WHERE product = getvariable('heard_product')
  QUALIFY row_number() OVER (PARTITION BY cycle ORDER BY occurred_at DESC, learned_at DESC) = 1
)
SELECT
  getvariable('heard_product') AS product, cycle, n.end_on, n.is_ended, getvariable('heard_at') AS occurred_at,
  getvariable('heard_now') AS learned_at
FROM (SELECT DISTINCT ON (cycle) * FROM heard_cycles ORDER BY cycle, end_on, is_ended) AS n
LEFT JOIN before AS b USING (cycle)
WHERE b.cycle IS NULL
  OR (getvariable('heard_at') >= b.occurred_at AND (n.end_on, n.is_ended) IS DISTINCT FROM (b.end_on, b.is_ended));

DELETE FROM end_of_life_cycles AS k
USING cycles_new AS n
WHERE k.product = n.product AND k.cycle = n.cycle AND k.occurred_at = n.occurred_at AND k.learned_at = n.learned_at;
INSERT INTO end_of_life_cycles BY NAME FROM cycles_new;
