-- What of the month is in no number, and why; for its team and for all teams ('').
SELECT team, what, reason, count(*)::BIGINT AS n
FROM (
  SELECT unnest([team, '']) AS team, what, reason
  FROM (
    SELECT team, 'changes' AS what, excluded AS reason, finished_at AS happened_at, from_at, until_at
    FROM change_spans
    WHERE excluded <> ''
    UNION ALL
    SELECT team, 'incidents', reason, started_at, from_at, until_at
    FROM incident_spans
    WHERE deployment = '' AND status IN ('open', 'resolved')
  )
  WHERE
    from_at <= $now::TIMESTAMP AND until_at > $now::TIMESTAMP
    AND happened_at >= $first::TIMESTAMP AND happened_at < $end::TIMESTAMP
)
GROUP BY ALL
ORDER BY ALL
