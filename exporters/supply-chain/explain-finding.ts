/** What `plumbline explain` says of a finding of the supply chain: its life in each place, and what has it. */
import type { Reader, Row } from '../core/ledger.ts';

const shown = 10;
const moment = (value: unknown): string => String(value).slice(0, 16);
const joined = (parts: readonly unknown[]): string => parts.filter(part => part !== '' && part !== null).join(', ');
const lines = (rows: readonly Row[], line: (row: Row) => string): readonly string[] => [
  ...rows.slice(0, shown).map(row => `    ${line(row)}`),
  ...(rows.length > shown ? [`    … and ${rows.length - shown} more`] : []),
];

/** By its id in GET /api/supply-chain/findings, or by any id of its vulnerability. */
export async function explainFinding(reader: Reader, id: string): Promise<string | undefined> {
  const found = await reader.all(
    `SELECT
       f.finding::VARCHAR AS id, f.engine, f.policy, f.resource, f.title, coalesce(v.best, f.policy) AS called,
       regexp_extract(f.resource, '^(?:image|repository):([^|]*)', 1) AS name,
       substr(f.resource, strpos(f.resource, '|') + 1) AS package
     FROM findings AS f
     LEFT JOIN vulnerabilities AS v ON v.vulnerability = f.policy
     WHERE f.finding::VARCHAR = $id OR f.policy = $id
       OR f.policy IN (SELECT vulnerability FROM vulnerability_aliases WHERE alias = $id)
     ORDER BY f.resource, f.policy`,
    { id },
  );
  if (found.length === 0) return undefined;
  const texts: string[] = [];
  for (const row of found.slice(0, shown)) texts.push((await ofOne(reader, row)).join('\n'));
  if (found.length > shown) texts.push(`… and ${found.length - shown} further findings`);
  return texts.join('\n\n');
}

async function ofOne(reader: Reader, row: Row): Promise<readonly string[]> {
  const states = await reader.all(
    `SELECT
       s.scope, s.state, s.reason, s.severity, s.occurred_at, coalesce(o.team, 'unowned') AS team,
       coalesce(o.service, 'unassigned') AS service
     FROM finding_states AS s
     LEFT JOIN owners AS o
       ON o.owner_key = s.owner_key AND o.valid_from <= s.occurred_at::DATE AND s.occurred_at::DATE < o.valid_to
     WHERE s.finding = $finding::HUGEINT
     ORDER BY s.scope, s.occurred_at DESC, s.learned_at DESC`,
    { finding: String(row.id) },
  );
  const has = await reader.all(
    `SELECT
       r.artifact, string_agg(DISTINCT r.version, ', ' ORDER BY r.version) AS versions,
       string_agg(DISTINCT r.scanner, ', ' ORDER BY r.scanner) AS scanners,
       string_agg(DISTINCT array_to_string(r.fixed_versions, ', '), ', ') AS fixed
     FROM scan_results AS r
     JOIN (SELECT artifact, max(first_at) AS first_at FROM artifacts WHERE name = $name GROUP BY artifact) AS a
       USING (artifact)
     WHERE r.class = $class AND r.vulnerability = $policy AND r.package = $package
     GROUP BY r.artifact
     ORDER BY max(a.first_at) DESC, r.artifact`,
    { name: String(row.name), class: String(row.engine), policy: String(row.policy), package: String(row.package) },
  );
  const scopes = [...new Set(states.map(({ scope }) => String(scope)))];
  return [
    `${row.engine} ${joined([row.called, row.called === row.policy ? '' : row.policy, row.title === row.called ? '' : row.title])}`,
    `  in ${row.package} of ${row.name}`,
    ...scopes.flatMap(scope => {
      const [newest, ...before] = states.filter(one => one.scope === scope);
      const life = (one: Row | undefined) => joined([one?.state, one?.reason, `since ${moment(one?.occurred_at)}`]);
      return [
        `  ${scope}: ${joined([newest?.severity, life(newest), `of ${newest?.team} ${newest?.service}`])}`,
        ...lines(before, one => `before: ${life(one)}`),
      ];
    }),
    has.length === 0 ? '  no newest scan of a content has it' : '  contents whose newest scan has it',
    ...lines(has, one =>
      joined([one.artifact, one.versions, one.fixed ? `fixed in ${one.fixed}` : '', `by ${one.scanners}`]),
    ),
  ];
}
