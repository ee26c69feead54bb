-- Items that are work, with the areas of each team named that most is open in, or has ended lately.
area_places AS (
  SELECT
    ts, team, area,
    row_number() OVER (
      PARTITION BY ts, team
      ORDER BY count(*) FILTER (
        status NOT IN ('done', 'cancelled') OR ended_at > ts - INTERVAL 90 DAY
      ) DESC, count(*) DESC, area
    ) AS place
  FROM items_at
  WHERE NOT is_office_hours
  GROUP BY ts, team, area
),
work_at AS (
  SELECT
    w.* REPLACE (
      CASE
        WHEN place <= coalesce((SELECT max(value) FROM settings WHERE name = 'top_areas'), 20) THEN w.area ELSE 'other'
      END AS area
    )
  FROM items_at AS w
  JOIN area_places AS p ON p.ts = w.ts AND p.team = w.team AND p.area = w.area
  WHERE NOT w.is_office_hours
)
