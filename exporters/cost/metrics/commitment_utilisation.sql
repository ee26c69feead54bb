SELECT
  ts, provider, commitment, currency,
  coalesce(sum(effective) FILTER (WHERE commitment_status = 'Used'), 0)::DOUBLE / sum(effective)::DOUBLE AS value
FROM recent
WHERE commitment_status IN ('Used', 'Unused')
GROUP BY ALL
HAVING sum(effective) > 0
