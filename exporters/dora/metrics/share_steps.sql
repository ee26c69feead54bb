share_steps AS (
  SELECT labels, "window", i.ts, sum(part) AS part, sum(whole) AS whole
  FROM (
    SELECT
      labels, "window", unnest([enters, leaves]) AS event_at, unnest([part, -part]) AS part, unnest([whole, -whole]) AS whole
    FROM (
      SELECT
        labels, "window", part, whole, greatest(from_at, happened_at + begins) AS enters,
        least(until_at, happened_at + ends) AS leaves
      FROM levelled
      CROSS JOIN windows
    )
    -- What had left before the first instant is nothing at any.
    WHERE enters < leaves AND leaves > (SELECT min(ts) FROM instants)
  ) AS events
  ASOF JOIN instants AS i ON events.event_at <= i.ts
  GROUP BY ALL
)
