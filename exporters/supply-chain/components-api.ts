/** GET /api/components: which artifacts have a package, and where they run. */
import type { ApiEndpoint, ApiItem, ApiPage, ApiRequest } from '../core/api.ts';
import type { Ledger, Row } from '../core/ledger.ts';
import { findComponents } from './find/find.ts';
import { cursorOf, listName, placeColumns, placeOf, readQuery } from './find/query.ts';

const columns = [
  ...['kind', 'name', 'tag', 'artifact', 'package', 'version', 'purl', 'direct', 'running', 'environment', 'service'],
  ...['team', 'since', 'sbom_created_at'],
] as const;

/** A team's token sees what is its own or nobody's. */
export const componentsApi: ApiEndpoint = { name: listName, answer };

async function answer(ledger: Ledger, request: ApiRequest): Promise<ApiPage> {
  const { query, principal, now } = request;
  const asked = readQuery(query, principal);
  const after = placeOf(asked.cursor);
  const listOf = (words: readonly string[] | undefined) => (words === undefined ? null : JSON.stringify(words));
  const rows = await findComponents(ledger, now, {
    pattern: asked.pattern,
    ...(asked.range === undefined ? {} : { range: asked.range }),
    parameters: {
      ...{ teams: listOf(asked.team), services: listOf(asked.service), environments: listOf(asked.environment) },
      ...{ own: principal.role === 'team' ? principal.team : null, running: asked.running ?? null },
      ...{ limit: asked.limit + 1, after: listOf(after) },
    },
  });
  const shown = rows.slice(0, asked.limit);
  const last = rows.length > shown.length ? shown.at(-1) : undefined;
  return {
    columns,
    items: shown.map(itemOf),
    total: Number(rows[0]?.total ?? 0),
    ...(last === undefined ? {} : { next: cursorOf(placeColumns.map(name => String(last[name]))) }),
  };
}

/** `2026-11-02 12:00:00` as RFC 3339. */
const instant = (value: Row[string] | undefined) =>
  value === null || value === undefined ? null : `${String(value).replace(' ', 'T')}Z`;

const itemOf = (row: Row): ApiItem => ({
  ...{ kind: String(row.kind), name: String(row.name), tag: String(row.tag), artifact: String(row.artifact) },
  package: packageOf(row),
  ...{ version: String(row.version), purl: String(row.purl) },
  direct: row.is_direct === null || row.is_direct === undefined ? null : row.is_direct === true,
  ...{ running: row.rank === '0', environment: String(row.environment), service: String(row.service) },
  ...{ team: String(row.team), since: instant(row.since), sbom_created_at: instant(row.sbom_created_at) },
});

/** `maven/org.apache.logging.log4j/log4j-core`. */
const packageOf = ({ type, namespace, package: name }: Row): string =>
  [type, namespace, name].filter(part => part !== '' && part !== null).join('/');
