-- The unused part is no usage that could have been covered.
SELECT
  ts, provider, service_category, currency,
  coalesce(sum(contracted) FILTER (WHERE commitment_status = 'Used'), 0)::DOUBLE / sum(contracted)::DOUBLE AS value
FROM recent
WHERE commitment_status <> 'Unused'
GROUP BY ALL
HAVING sum(contracted) > 0
