/** GET /api/EXPORTER/findings: what metrics count, one by one. */
import type { ApiCell, ApiEndpoint, ApiItem, ApiPage, ApiRequest } from '../../core/api.ts';
import type { Parameters, Reader, Row } from '../../core/ledger.ts';
import type { Principal } from '../../core/source.ts';
import { sqlTime } from '../../core/time.ts';
import { prepareInstants } from '../../core/views.ts';
import { type CommonQuery, cursorOf, listName, placeOf } from './query.ts';

/** The expressions before a list's last SELECT: `wanted_by_all` leaves of `listed` what the common parameters want. */
export const wantedByAll = '../../findings/api/wanted';
/** Leaves of `wanted` a page, as `paged`, with the words about its findings. */
export const paged = '../../findings/api/paged';
export const exceptionsOfPage = ['../../findings/api/patterns', '../../findings/api/exceptions'] as const;

export interface ListDefinition<Query extends CommonQuery> {
  /** The exporter's tables of facts. */
  readonly facts: readonly string[];
  /** What an item has, in order. Besides numbers and times all is text; `exceptions` is filled in here. */
  readonly columns: readonly string[];
  readonly times: readonly string[];
  readonly numbers: readonly string[];
  readonly read: (query: Readonly<Record<string, string>>, principal: Principal) => Query;
  /** Rows of `paged`, in its order, with `id`, `scope`, `rank`, `opened_at` and `total`. */
  readonly listSql: string;
  readonly exceptionsSql: string;
  /** The domain's own parameters of the list. */
  readonly parameters: (query: Query) => Parameters;
}

/** A pattern of `*` and `?` as LIKE's. */
const likeOf = String.raw`CREATE OR REPLACE TEMP MACRO like_of(v) AS replace(replace(
  replace(replace(replace(v, '\', '\\'), '%', '\%'), '_', '\_'), '*', '%'), '?', '_');
  CREATE OR REPLACE TEMP MACRO kind_of(v) AS CASE
    WHEN lower(v) IN ('pod', 'replicaset', 'replicationcontroller', 'deployment', 'daemonset', 'statefulset', 'job', 'cronjob')
      THEN 'workload'
    ELSE lower(v) END`;

/** A parameter of several words, as the SQL takes it: NULL for any. */
export const wordsOf = (words: readonly string[] | undefined) => (words === undefined ? null : JSON.stringify(words));

/** A team's token sees what is its own or nobody's. */
export const findingsList = <Query extends CommonQuery>(definition: ListDefinition<Query>): ApiEndpoint => ({
  name: listName,
  answer: (ledger, request) => ledger.read(reader => answer(reader, definition, request)),
});

async function answer<Query extends CommonQuery>(
  reader: Reader,
  definition: ListDefinition<Query>,
  { query, principal, now }: ApiRequest,
): Promise<ApiPage> {
  const { facts, columns, listSql, exceptionsSql } = definition;
  const asked = definition.read(query, principal);
  const after = placeOf(asked);
  await prepareInstants(reader, facts, { name: listName, kind: 'state' }, { instants: [now] });
  const rows = await reader.all(listSql, {
    ...{ teams: wordsOf(asked.team), services: wordsOf(asked.service), environments: wordsOf(asked.environment) },
    ...{ scopes: wordsOf(asked.scope), severities: wordsOf(asked.severity), states: wordsOf(asked.state) },
    ...{ own: principal.role === 'team' ? principal.team : null },
    ...{ now: sqlTime(now), min_age_days: asked.min_age_days, sort: asked.sort, limit: asked.limit + 1 },
    ...{ after_rank: after?.rank ?? null, after_opened: after?.opened ?? null },
    ...{ after_finding: after?.finding ?? null, after_scope: after?.scope ?? null },
    ...definition.parameters(asked),
  });
  const shown = rows.slice(0, asked.limit);
  await reader.run(likeOf);
  const exceptions = await reader.all(exceptionsSql, {
    findings: JSON.stringify(shown.map(({ id, scope }) => ({ finding: id, scope }))),
  });
  const last = rows.length > shown.length ? shown.at(-1) : undefined;
  return {
    columns,
    items: shown.map(row => itemOf(definition, row, exceptions)),
    total: rows[0] === undefined ? 0 : Number(rows[0].total),
    ...(last === undefined
      ? {}
      : {
          next: cursorOf(asked.sort, {
            ...{ rank: String(last.rank), opened: String(last.opened_at), finding: String(last.id) },
            scope: String(last.scope),
          }),
        }),
  };
}

/** `2026-11-02 12:00:00` as RFC 3339. */
const instant = (value: Row[string] | undefined) =>
  value === null || value === undefined ? null : `${String(value).replace(' ', 'T')}Z`;
const textOr = (value: Row[string] | undefined) => (value === null || value === undefined ? '' : String(value));
const numberOr = (value: Row[string] | undefined) => (value === null || value === undefined ? null : Number(value));

function itemOf<Query extends CommonQuery>(
  { columns, times, numbers }: ListDefinition<Query>,
  row: Row,
  exceptions: readonly Row[],
): ApiItem {
  const cell = (name: string): ApiCell => {
    if (name === 'exceptions')
      return exceptions.filter(({ id, scope }) => id === row.id && scope === row.scope).map(one => exceptionOf(one));
    if (numbers.includes(name)) return numberOr(row[name]);
    return times.includes(name) ? instant(row[name]) : textOr(row[name]);
  };
  return Object.fromEntries(columns.map(name => [name, cell(name)]));
}

const exceptionOf = (row: Row) => ({
  exception: textOr(row.exception),
  reason: textOr(row.reason),
  approved_by: textOr(row.approved_by),
  created_at: instant(row.created_at),
  expires_at: instant(row.expires_at),
  is_applied: row.is_applied === null || row.is_applied === undefined ? null : row.is_applied === true,
  url: textOr(row.url),
});
