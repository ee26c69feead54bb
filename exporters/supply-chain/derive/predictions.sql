-- Vulnerabilities of the ledger whose score has come to be high, or is no longer: since the day of the first score that
-- says so, and from now on where it is the setting that is another.
INSERT INTO exploit_predictions BY NAME
WITH scored AS MATERIALIZED (
  SELECT
    a.vulnerability, max(e.score) >= getvariable('epss_high') AS is_high,
    CASE
      WHEN max(e.score) >= getvariable('epss_high')
        THEN min(e.since) FILTER (e.was_high AND e.score >= getvariable('epss_high'))
      WHEN NOT bool_or(e.was_high) THEN max(e.since)
    END AS since
  FROM vulnerability_aliases AS a
  JOIN epss_scores AS e ON e.vulnerability = a.alias
  GROUP BY a.vulnerability
),
newest AS MATERIALIZED (
  SELECT vulnerability, is_high, occurred_at
  FROM exploit_predictions
  QUALIFY row_number() OVER (PARTITION BY vulnerability ORDER BY occurred_at DESC, learned_at DESC) = 1
)
SELECT
  s.vulnerability, s.is_high,
  greatest(
    least(coalesce(s.since::TIMESTAMP, getvariable('derived_at')), getvariable('derived_at')), n.occurred_at
  ) AS occurred_at,
  getvariable('derived_at') AS learned_at
FROM scored AS s
LEFT JOIN newest AS n USING (vulnerability)
WHERE s.is_high <> coalesce(n.is_high, false);
