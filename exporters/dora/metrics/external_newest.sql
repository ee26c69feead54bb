-- What other tools say of the windows up to the newest day that they have told of, for eight days at most: they are asked
-- by week of the past. A period that is told anew holds from then on.
external_spans AS (
  SELECT *, effective_at AS from_at, coalesce(min(effective_at) OVER newer, TIMESTAMP '9999-12-31') AS until_at
  FROM external_statements_known
  WHERE metric = (SELECT metric FROM asked_metric)
    AND period_end - period_start IN (INTERVAL 7 DAY, INTERVAL 30 DAY, INTERVAL 90 DAY)
    AND period_end > (SELECT min(ts) - INTERVAL 8 DAY FROM instants)
  WINDOW newer AS (
    PARTITION BY source, tool, statistic, team, service, period_start, period_end
    ORDER BY updated_at, learned_at ROWS BETWEEN 1 FOLLOWING AND UNBOUNDED FOLLOWING
  )
),
external_newest AS (
  SELECT
    i.ts, s.tool, s.statistic, s.team, s.service, s.period_end, s.value,
    date_diff('day', s.period_start, s.period_end) || 'd' AS "window"
  FROM external_spans AS s
  JOIN instants AS i ON i.ts >= s.from_at AND i.ts < s.until_at AND i.ts < s.period_end + INTERVAL 8 DAY
  WHERE s.from_at < s.until_at
  QUALIFY row_number() OVER (
    PARTITION BY i.ts, s.source, s.tool, s.statistic, s.team, s.service, "window" ORDER BY s.period_end DESC
  ) = 1
),
-- A team or service that neither the rules nor the catalog know keeps the tool's own word.
external_owned AS (
  SELECT
    e.ts, e.tool, e.statistic, e."window", e.value, e.team || chr(31) || e.service AS words,
    CASE
      WHEN e.team = '' AND e.service = '' THEN ''
      WHEN e.team <> '' AND coalesce(o.team, 'unowned') = 'unowned' THEN e.team
      ELSE coalesce(o.team, 'unowned')
    END AS team,
    CASE WHEN e.service = '' THEN '' WHEN coalesce(o.service, 'unassigned') = 'unassigned' THEN e.service ELSE o.service END AS service
  FROM external_newest AS e
  LEFT JOIN external_words AS w ON w.team = e.team AND w.service = e.service
  LEFT JOIN owners AS o
    ON o.owner_key = w.owner_key AND o.valid_from <= e.period_end::DATE AND e.period_end::DATE < o.valid_to
)
