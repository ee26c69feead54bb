-- Each change counts once for a reach, as it was first known.
measured AS (SELECT team, service, environment, reach, authored, committed, effective_at FROM counted_changes_known)
