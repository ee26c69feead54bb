/** Ten thousand images of forty teams, each with a bill of materials of a hundred packages, the same at every run. */

export const findShape = { images: 10_000, packages: 100 } as const;

/** One in twenty images has log4j-core, in one of thirty versions; others are of 20,000 names of five ecosystems. */
export const componentsSql = `
SELECT
  'sha256:' || sha256(i::VARCHAR) AS artifact, type, namespace, name, version,
  concat('pkg:', type, '/', CASE namespace WHEN '' THEN '' ELSE namespace || '/' END, name, '@', version) AS purl,
  [['MIT', 'Apache-2.0', 'BSD-3-Clause', 'GPL-2.0-only'][1 + (n % 4)::INTEGER]] AS licenses, NULL::BOOLEAN AS is_direct
FROM (
  SELECT
    i, n,
    CASE WHEN is_log4j THEN 'maven' ELSE ['npm', 'maven', 'pypi', 'golang', 'deb'][1 + (n % 5)::INTEGER] END AS type,
    CASE
      WHEN is_log4j THEN 'org.apache.logging.log4j'
      ELSE ['', 'com.example.group' || n % 300, '', 'github.com/example', 'debian'][1 + (n % 5)::INTEGER]
    END AS namespace,
    CASE WHEN is_log4j THEN 'log4j-core' ELSE 'package-' || n END AS name,
    CASE WHEN is_log4j THEN '2.' || i // 20 % 30 || '.1' ELSE concat(hash(n, i % 7) % 9, '.', hash(n, i % 11) % 40, '.', i % 5) END AS version
  FROM (
    SELECT i, hash(i, j) % 20000 AS n, i % 20 = 0 AND j = 0 AS is_log4j
    FROM range(${findShape.images}) AS a(i), range(${findShape.packages}) AS b(j)
  )
)`;
