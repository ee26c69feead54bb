SELECT
  ts, provider, commitment, currency, coalesce(sum(effective) FILTER (WHERE commitment_status = 'Unused'), 0) AS value
FROM recent
WHERE commitment_status IN ('Used', 'Unused')
GROUP BY ALL
