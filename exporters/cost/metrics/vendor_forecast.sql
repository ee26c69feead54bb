-- What each vendor last said of the instant's calendar month; a forecast of another month is none of this one.
WITH versions AS (
  SELECT
    *, coalesce(lead(learned_at) OVER (
      PARTITION BY source, provider, billing_account, "month", currency ORDER BY learned_at
    ), TIMESTAMP 'infinity') AS known_until
  FROM vendor_forecasts
),
bounds AS (
  SELECT
    i.ts, source, provider, billing_account, currency,
    unnest(['mean', 'lower', 'upper']) AS bound,
    unnest([mean, lower, upper]) AS value
  FROM instants AS i
  JOIN versions ON learned_at <= i.ts AND i.ts < known_until AND "month" = date_trunc('month', i.ts)::DATE
)
FROM bounds WHERE value IS NOT NULL
