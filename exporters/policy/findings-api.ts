/** GET /api/findings: the violations that metrics count, one by one. */
import type { ApiEndpoint, ApiItem, ApiPage, ApiRequest } from '../core/api.ts';
import type { Ledger, Parameters, Row } from '../core/ledger.ts';
import { sqlTime } from '../core/time.ts';
import { prepareInstants } from '../core/views.ts';
import { cursorOf, listName, placeOf, readQuery } from './findings-query.ts';
import { exceptionSpans, findingSpans, reportSpans, sql } from './metrics/sql.ts';

const listSql = sql(
  ...([findingSpans, reportSpans, 'scopes_at', 'findings_at', '../findings-wanted', '../findings-list'] as const),
);
const exceptionsSql = sql(exceptionSpans, '../findings-patterns', '../findings-exceptions');
/** A pattern of `*` and `?` as LIKE's. */
const likeOf = String.raw`CREATE OR REPLACE TEMP MACRO like_of(v) AS replace(replace(
  replace(replace(replace(v, '\', '\\'), '%', '\%'), '_', '\_'), '*', '%'), '?', '_');
  CREATE OR REPLACE TEMP MACRO kind_of(v) AS CASE
    WHEN lower(v) IN ('pod', 'replicaset', 'replicationcontroller', 'deployment', 'daemonset', 'statefulset', 'job', 'cronjob')
      THEN 'workload'
    ELSE lower(v) END`;

const columns = [
  ...['id', 'engine', 'policy', 'title', 'requirement', 'resource', 'severity', 'original_severity', 'enforcement'],
  ...['state', 'reason', 'team', 'service', 'environment', 'scope', 'opened_at', 'first_seen_at', 'last_seen_at'],
  ...['age_seconds', 'message', 'location', 'url', 'exceptions'],
] as const;

/** A team's token sees what is its own or nobody's. `facts` are the exporter's. */
export const findingsApi = (facts: readonly string[]): ApiEndpoint => ({
  name: listName,
  answer: (ledger, request) => answer(ledger, facts, request),
});

async function answer(ledger: Ledger, facts: readonly string[], request: ApiRequest): Promise<ApiPage> {
  const { query, principal, now } = request;
  const asked = readQuery(query, principal);
  const after = placeOf(asked);
  const listOf = (words: readonly string[] | undefined) => (words === undefined ? null : JSON.stringify(words));
  const parameters: Parameters = {
    ...{ teams: listOf(asked.team), services: listOf(asked.service), environments: listOf(asked.environment) },
    ...{ engines: listOf(asked.engine), policies: listOf(asked.policy), scopes: listOf(asked.scope) },
    ...{ requirements: listOf(asked.requirement), severities: listOf(asked.severity), states: listOf(asked.state) },
    ...{ enforcements: listOf(asked.enforcement), own: principal.role === 'team' ? principal.team : null },
    ...{ now: sqlTime(now), min_age_days: asked.min_age_days, sort: asked.sort, limit: asked.limit + 1 },
    ...{ after_rank: after?.rank ?? null, after_opened: after?.opened ?? null, after_finding: after?.finding ?? null },
  };
  const { rows, exceptions } = await ledger.read(async reader => {
    await prepareInstants(reader, facts, { name: listName, kind: 'state' }, { instants: [now] });
    const page = await reader.all(listSql, parameters);
    const findings = page.map(({ id, scope }) => ({ finding: id, scope }));
    await reader.run(likeOf);
    return { rows: page, exceptions: await reader.all(exceptionsSql, { findings: JSON.stringify(findings) }) };
  });
  const shown = rows.slice(0, asked.limit);
  const last = rows.length > shown.length ? shown.at(-1) : undefined;
  const total = rows[0] === undefined ? 0 : Number(rows[0].total);
  return {
    columns,
    items: shown.map(row => itemOf(row, exceptions)),
    total,
    ...(last === undefined
      ? {}
      : {
          next: cursorOf(asked.sort, {
            ...{ rank: String(last.rank), opened: String(last.opened_at), finding: String(last.id) },
          }),
        }),
  };
}

/** `2026-11-02 12:00:00` as RFC 3339. */
const instant = (value: Row[string] | undefined) =>
  value === null || value === undefined ? null : `${String(value).replace(' ', 'T')}Z`;
const textOr = (value: Row[string] | undefined) => (value === null || value === undefined ? '' : String(value));

function itemOf(row: Row, exceptions: readonly Row[]): ApiItem {
  const times = ['opened_at', 'first_seen_at', 'last_seen_at'];
  return Object.fromEntries(
    columns.map(name => {
      if (name === 'age_seconds') return [name, Number(row[name])];
      if (name === 'exceptions')
        return [name, exceptions.filter(({ id }) => id === row.id).map(exception => exceptionOf(exception))];
      return [name, times.includes(name) ? instant(row[name]) : textOr(row[name])];
    }),
  );
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
