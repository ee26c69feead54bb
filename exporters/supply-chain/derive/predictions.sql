-- Vulnerabilities of the ledger whose score has come to be high, or is no longer.
INSERT INTO exploit_predictions BY NAME
WITH scored AS MATERIALIZED (
  SELECT a.vulnerability, max(e.score) >= getvariable('epss_high') AS is_high
  FROM vulnerability_aliases AS a
  JOIN epss_scores AS e ON e.vulnerability = a.alias
  GROUP BY a.vulnerability
),
newest AS MATERIALIZED (
  SELECT vulnerability, is_high
  FROM exploit_predictions
  QUALIFY row_number() OVER (PARTITION BY vulnerability ORDER BY occurred_at DESC, learned_at DESC) = 1
)
SELECT
  s.vulnerability, s.is_high, getvariable('derived_at') AS occurred_at, getvariable('derived_at') AS learned_at
FROM scored AS s
LEFT JOIN newest AS n USING (vulnerability)
WHERE s.is_high <> coalesce(n.is_high, false);
