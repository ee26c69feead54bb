-- The commits of one slice of `git log` ($text, UTF-8). Records are apart by chr(30), each of lines: sha, parents, author date,
-- commit date (seconds since the epoch), author, their address, subject, trailers (apart by chr(31)), and the body. Names
-- and subjects have no newline, by git's own format of a commit.
WITH records AS (
  SELECT record, string_split(record, chr(10)) AS line
  FROM (SELECT unnest(string_split(decode($text::BLOB), chr(30))) AS record)
),
fields AS (
  SELECT record, line[1] AS sha, line[2] AS parents, try_cast(line[3] AS BIGINT) AS authored,
    try_cast(line[4] AS BIGINT) AS committed, line[5] AS author_name, line[6] AS author_email, line[7] AS subject,
    replace(line[8], chr(31), chr(10)) AS trailers
  FROM records
)
SELECT sha, parents,
  -- What lies beyond the year 9999 is an overflow.
  CASE WHEN authored BETWEEN 0 AND 253402300799 THEN make_timestamp(authored * 1000000) END AS authored_at,
  CASE WHEN committed BETWEEN 0 AND 253402300799 THEN make_timestamp(committed * 1000000) END AS committed_at,
  author_name, author_email, subject, trailers,
  -- A sha, one that is cut short, or #number of a pull request: see settle.sql.
  CASE WHEN contains(record, 'everts ') THEN array_to_string(list_sort(list_distinct(
    regexp_extract_all(record, 'his reverts (?:merge )?commit:? +([0-9a-f]{7,64})\b', 1)
    || list_transform(
      regexp_extract_all(record, '(?m)(?:^Reverts [\w./-]*#|his reverts merge request [\w./-]*!)([0-9]+)\b', 1),
      lambda number: '#' || number
    )
  )), ' ') ELSE '' END AS reverts,
  CASE WHEN contains(record, '(cherry picked from commit ') THEN array_to_string(list_sort(list_distinct(
    regexp_extract_all(record, '\(cherry picked from commit ([0-9a-f]{7,64})\)', 1)
  )), ' ') ELSE '' END AS picked_from,
  try_cast(coalesce(
    -- GitHub's squash and merge queue, Bitbucket, Gitea; GitHub's merge, Azure DevOps; GitLab.
    CASE WHEN contains(subject, '#') THEN
      nullif(regexp_extract(subject, '\((?:pull request )?#([0-9]+)\)(?: from \S+ into \S+)?$', 1), '')
    END,
    CASE WHEN starts_with(subject, 'Merge') THEN
      nullif(regexp_extract(subject, '^Merge(?: pull request #|d PR )([0-9]+)\b', 1), '')
    END,
    CASE WHEN contains(record, 'See merge request ') THEN
      nullif(regexp_extract(record, '(?m)^See merge request [\w./-]*!([0-9]+)$', 1), '')
    END
  ) AS BIGINT) AS pull_request
FROM fields
