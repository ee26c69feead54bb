-- What each vendor last said of each budget, where the period it said it of holds the instant; and whose it is.
WITH versions AS (
  SELECT
    *, coalesce(lead(learned_at) OVER (
      PARTITION BY source, provider, billing_account, budget, currency ORDER BY learned_at
    ), TIMESTAMP 'infinity') AS known_until
  FROM vendor_budgets
),
known_budgets AS (
  SELECT i.ts, versions.*, coalesce(teams.team, '') AS team
  FROM instants AS i
  JOIN versions ON learned_at <= i.ts AND i.ts < known_until AND i.ts::DATE BETWEEN period_start AND period_end
  LEFT JOIN vendor_budget_teams AS teams USING (source, budget)
)
