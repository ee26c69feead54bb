-- What messages of a repository name by a short sha or by the number of a pull request becomes the one commit that it
-- names; what names none, or several, stays as it is written.
CREATE OR REPLACE TEMP TABLE settled AS
WITH own AS (
  SELECT node, sha, pull_request, reverts, picked_from, committed_at
  FROM commits
  WHERE repository = $repository
),
words AS (
  SELECT node, 'reverts' AS field, unnest(string_split(reverts, ' ')) AS word, generate_subscripts(string_split(reverts, ' '), 1) AS place
  FROM own WHERE reverts <> ''
  UNION ALL
  SELECT node, 'picked_from', unnest(string_split(picked_from, ' ')), generate_subscripts(string_split(picked_from, ' '), 1)
  FROM own WHERE picked_from <> ''
),
loose AS (
  SELECT * FROM words WHERE length(word) < 40
),
named AS (
  SELECT loose.node, loose.field, loose.word, any_value(own.sha) AS sha
  FROM loose
  JOIN own ON loose.word[1] <> '#' AND own.sha[:7] = loose.word[:7] AND starts_with(own.sha, loose.word)
  GROUP BY ALL HAVING count(*) = 1
  UNION ALL
  SELECT loose.node, loose.field, loose.word, any_value(own.sha)
  FROM loose
  JOIN own ON loose.word = '#' || own.pull_request AND own.node <> loose.node
  GROUP BY ALL HAVING count(*) = 1
)
SELECT node, field, string_agg(coalesce(named.sha, words.word), ' ' ORDER BY place) AS text
FROM words
LEFT JOIN named USING (node, field, word)
GROUP BY ALL
HAVING bool_or(named.sha IS NOT NULL);
UPDATE commits SET reverts = settled.text FROM settled WHERE settled.node = commits.node AND settled.field = 'reverts';
UPDATE commits SET picked_from = settled.text FROM settled WHERE settled.node = commits.node AND settled.field = 'picked_from';
DROP TABLE settled;
