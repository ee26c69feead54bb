-- Lists that are older than what is known of the same are left out.
CREATE OR REPLACE TEMP TABLE fresh_lists AS
SELECT *
FROM told_lists AS told
WHERE NOT EXISTS (
  FROM finding_looks AS look
  WHERE look.kind = told.kind AND look.engine = told.engine AND look.scope = told.scope AND look.part = told.prefix
    AND look.looked_at > told.read_at
);

CREATE OR REPLACE TEMP TABLE told_owners AS SELECT DISTINCT owner FROM told_exceptions;
