-- Of the temporary tables usage_told (id, ts, person, kind, action, feature, plugin, result, team, service) and
-- usage_told_tasks (task, template, status, person, created_at, occurred_at), what is new.
CREATE OR REPLACE TEMP TABLE usage_new AS
SELECT DISTINCT ON (id) *
FROM usage_told AS told
WHERE NOT EXISTS (
  FROM usage_seen AS seen
  -- Sent again it may have been set right by another difference of clocks.
  WHERE seen.id = told.id AND seen.ts
    BETWEEN (SELECT min(ts) FROM usage_told) - INTERVAL 2 DAY AND (SELECT max(ts) FROM usage_told) + INTERVAL 2 DAY
)
ORDER BY id, ts;

INSERT INTO usage_seen SELECT ts, id FROM usage_new ORDER BY ts;

CREATE OR REPLACE TEMP TABLE usage_new_tasks AS
WITH known AS (
  SELECT task, max(occurred_at) AS changed_at, max_by(status, (occurred_at, learned_at, status <> 'open')) AS status
  FROM usage_tasks WHERE source = $source
  GROUP BY task
),
told AS (SELECT t.*, k.status AS known_status, k.changed_at FROM usage_told_tasks AS t LEFT JOIN known AS k USING (task))
SELECT task, template, 'open' AS status, person, created_at, created_at AS occurred_at, true AS is_new
FROM told WHERE known_status IS NULL
UNION ALL
SELECT task, template, status, person, created_at, greatest(occurred_at, changed_at), false
FROM told WHERE status <> coalesce(known_status, 'open');

INSERT INTO usage_tasks BY NAME
SELECT $source AS source, task, template, status, person, created_at, occurred_at, $now::TIMESTAMP AS learned_at
FROM usage_new_tasks;

-- Names while there is room, those that come most first. A name keeps its series: a counter must not move to another.
INSERT INTO usage_names
WITH told AS (
  SELECT 'undeclared' AS family, plugin AS name FROM usage_new WHERE feature = '' AND plugin <> 'other'
  UNION ALL
  SELECT 'view', service FROM usage_new WHERE action = 'view' AND service <> 'unassigned'
  UNION ALL
  SELECT 'task', template FROM usage_new_tasks WHERE is_new
)
SELECT family, name
FROM (SELECT family, name, count(*) AS n FROM told GROUP BY ALL) AS counted
ANTI JOIN usage_names USING (family, name)
QUALIFY row_number() OVER (PARTITION BY family ORDER BY n DESC, name)
  + (SELECT count(*) FROM usage_names AS known WHERE known.family = counted.family)
  <= CASE family WHEN 'undeclared' THEN 50 WHEN 'task' THEN 100 ELSE 300 END;

INSERT INTO usage_counts BY NAME
WITH named AS (
  SELECT n.*, coalesce(p.name, 'other') AS plugin_name, s.name IS NOT NULL AS has_service
  FROM usage_new AS n
  LEFT JOIN usage_names AS p ON p.family = 'undeclared' AND p.name = n.plugin
  LEFT JOIN usage_names AS s ON s.family = 'view' AND s.name = n.service
),
counted AS (
  SELECT 'event' AS family, action AS label, feature AS other_label, ts FROM named
  UNION ALL
  SELECT 'undeclared', plugin_name, '', ts FROM named WHERE feature = ''
  UNION ALL
  SELECT 'search', result, '', ts FROM named WHERE action = 'search'
  UNION ALL
  SELECT 'view', if(has_service, team, 'unowned'), if(has_service, service, if(service = 'unassigned', service, 'other')), ts
  FROM named WHERE action = 'view'
  UNION ALL
  SELECT 'task', coalesce(t.name, 'other'), '', created_at
  FROM usage_new_tasks AS n LEFT JOIN usage_names AS t ON t.family = 'task' AND t.name = n.template
  WHERE is_new
)
SELECT
  family, label, other_label, count(*) AS n, false AS is_folded,
  date_trunc('hour', ts) + INTERVAL 1 HOUR AS occurred_at, $now::TIMESTAMP AS learned_at
FROM counted
GROUP BY ALL;

CREATE OR REPLACE TEMP TABLE usage_used AS
SELECT ts::DATE AS day, person, kind, date_trunc('second', min(ts)) AS first_at
FROM (
  SELECT ts, person, kind FROM usage_new
  UNION ALL
  SELECT n.created_at, n.person, k.kind
  FROM usage_new_tasks AS n JOIN usage_kinds AS k ON k.template = n.template
  WHERE is_new
)
GROUP BY ALL;

INSERT INTO usage_days
SELECT day, person, kind, first_at, $now::TIMESTAMP
FROM usage_used AS used
WHERE NOT EXISTS (
  FROM usage_days AS known
  WHERE known.day = used.day AND known.person = used.person AND known.kind = used.kind
    AND known.first_at <= used.first_at
    AND known.day BETWEEN (SELECT min(day) FROM usage_used) AND (SELECT max(day) FROM usage_used)
)
ORDER BY day;

-- An end of a task may be the end of a golden path.
CREATE OR REPLACE TEMP TABLE usage_changed_days AS
SELECT day FROM usage_used UNION SELECT occurred_at::DATE FROM usage_new_tasks;

DELETE FROM usage_known_days WHERE day IN (SELECT day FROM usage_changed_days);

INSERT INTO usage_known_days SELECT day, $now::TIMESTAMP FROM usage_changed_days
