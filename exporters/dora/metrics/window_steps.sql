window_steps AS (
  SELECT labels, "window", i.ts, sum(change) AS change
  FROM (
    SELECT labels, "window", unnest([enters, leaves]) AS event_at, unnest([n, -n]) AS change
    FROM (
      SELECT
        labels, "window", n, greatest(from_at, happened_at + begins) AS enters, least(until_at, happened_at + ends) AS leaves
      FROM counted
      CROSS JOIN windows
    )
    -- What had left before the first instant is nothing at any.
    WHERE enters < leaves AND leaves > (SELECT min(ts) FROM instants)
  ) AS events
  ASOF JOIN instants AS i ON events.event_at <= i.ts
  GROUP BY ALL
)
