/** Which packages of the ledger are meant: by SQL, and of versions by their ecosystem's order. */
import { breather } from '../../core/breathe.ts';
import type { Reader } from '../../core/ledger.ts';
import { compareVersions } from '../versions/order.ts';
import { containsIn, isRangeOf, type VersionRange } from '../versions/vers.ts';
import { isPattern, likeOf, type PackagePattern } from './pattern.ts';

export interface Asked {
  readonly pattern: PackagePattern;
  readonly range?: VersionRange;
}

/** Fills the temporary tables matched and matched_artifacts; returns whether there is anything in them. `from` is SQL of ours. */
export async function matchComponents(
  reader: Reader,
  { pattern, range }: Asked,
  from = 'components',
): Promise<boolean> {
  const { conditions, parameters } = conditionsOf(pattern);
  await reader.run(
    `CREATE OR REPLACE TEMP TABLE matched AS
     SELECT artifact, type, namespace, name, version, purl, is_direct FROM ${from} WHERE ${conditions.join(' AND ')}`,
    parameters,
  );
  if (range !== undefined || pattern.version !== undefined) {
    await keepVersions(reader, versionFilter(pattern, range));
  }
  await reader.run('CREATE OR REPLACE TEMP TABLE matched_artifacts AS SELECT DISTINCT artifact FROM matched');
  return (await reader.scalar('SELECT EXISTS (FROM matched)')) === true;
}

function conditionsOf({ isExact, type, namespace, name, qualifiers }: PackagePattern) {
  const parameters: Record<string, string> = {};
  const conditions: string[] = [];
  const add = (
    column: string,
    key: string,
    value: string | undefined,
    from = isExact ? column : `lower(${column})`,
  ) => {
    if (value === undefined || value === '*') return;
    parameters[key] = isPattern(value) ? likeOf(value) : value;
    conditions.push(isPattern(value) ? String.raw`${from} LIKE $${key} ESCAPE '\'` : `${from} = $${key}`);
  };
  add('type', 'type', type, 'type');
  add('namespace', 'namespace', namespace);
  add('name', 'name', name, type === 'pypi' ? "replace(lower(name), '_', '-')" : undefined);
  if (qualifiers.length > 0) {
    parameters.qualifiers = JSON.stringify(qualifiers);
    conditions.push(`list_has_all(
      string_split(split_part(split_part(purl, '#', 1), '?', 2), '&'), from_json($qualifiers, '["VARCHAR"]'))`);
  }
  return { conditions: conditions.length === 0 ? ['true'] : conditions, parameters };
}

type Holds = (type: string, version: string) => boolean;

function versionFilter({ version: asked }: PackagePattern, range: VersionRange | undefined): Holds {
  if (range !== undefined) {
    const contains = containsIn(range);
    // What has no version can't be told to be outside of a range that is not of all.
    return (type, version) => isRangeOf(range, type) && version !== '' && contains(version);
  }
  return (type, version) => version === asked || (version !== '' && compareVersions(type, version, asked ?? '') === 0);
}

/** Versions can't be compared in SQL: each is compared here once, however many have it. */
async function keepVersions(reader: Reader, holds: Holds): Promise<void> {
  const breathe = breather();
  const kept: { readonly type: string; readonly version: string }[] = [];
  for await (const rows of reader.stream('SELECT DISTINCT type, version FROM matched'))
    for (const [type, version] of rows) {
      if (holds(String(type), String(version))) kept.push({ type: String(type), version: String(version) });
      if (breathe.due()) await breathe.now();
    }
  await reader.run(
    `CREATE OR REPLACE TEMP TABLE matched_versions AS
     SELECT unnest(row) FROM (SELECT unnest(from_json($rows::JSON, '[{"type":"VARCHAR","version":"VARCHAR"}]')) AS row)`,
    { rows: JSON.stringify(kept) },
  );
  await reader.run(
    'CREATE OR REPLACE TEMP TABLE matched AS FROM matched SEMI JOIN matched_versions USING (type, version)',
  );
}
