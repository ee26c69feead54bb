/** GET /api/scorecard/checks: how each check of each service stands, with the evidence and where to mend it. */
import { z } from 'zod';
import type { ApiEndpoint, ApiItem, ApiPage, ApiRequest } from '../core/api.ts';
import { PlumblineError } from '../core/errors.ts';
import type { Reader, Row } from '../core/ledger.ts';
import { prepareInstants } from '../core/views.ts';
import { wordsOf } from '../findings/api/list.ts';
import { oneOf, readListQuery, words } from '../findings/api/query.ts';
import { levels } from './checks.ts';
import { linkOf } from './links.ts';
import { checksListSql } from './sql.ts';
import { scorecardFacts } from './store.ts';

const name = 'checks';
export const checkStates = ['pass', 'fail', 'not_measured', 'exempt'] as const;

/** Several values are separated by commas, and `.*` is any. */
const querySchema = z.strictObject({
  ...{ team: words.optional(), service: words.optional(), check: words.optional() },
  state: oneOf(checkStates).optional(),
  level: oneOf(levels).optional(),
  required: z.enum(['yes', 'no']).optional(),
  limit: z.coerce.number().int().min(1).max(1_000).default(100),
  cursor: z.string().optional(),
});

const columns = [
  ...['service', 'team', 'check', 'title', 'state', 'since', 'detail', 'level', 'weight', 'required', 'exempt_until'],
  ...['repository', 'link'],
];

/** A team's token sees what is its own or nobody's. */
export const checksApi: ApiEndpoint = {
  name,
  answer: (ledger, request) => ledger.read(reader => answer(reader, request)),
};

async function answer(reader: Reader, { query, principal, now }: ApiRequest): Promise<ApiPage> {
  const asked = readListQuery(querySchema, query, principal, name);
  const offset = offsetOf(asked.cursor, name);
  await prepareInstants(reader, scorecardFacts, { name, kind: 'state' }, { instants: [now] });
  const rows = await reader.all(checksListSql, {
    ...{ teams: wordsOf(asked.team), services: wordsOf(asked.service), checks: wordsOf(asked.check) },
    ...{ states: wordsOf(asked.state), levels: wordsOf(asked.level), limit: asked.limit, offset },
    required: asked.required === undefined ? null : asked.required === 'yes',
    own: principal.role === 'team' ? principal.team : null,
  });
  return pageOf(columns, rows.map(itemOf), { total: Number(rows[0]?.total ?? offset), offset });
}

/** A list that is short enough to be asked for by how many were told before. */
export function pageOf(
  shown: readonly string[],
  items: readonly ApiItem[],
  { total, offset }: { readonly total: number; readonly offset: number },
): ApiPage {
  const next = offset + items.length;
  return {
    ...{ columns: shown, items, total },
    ...(next < total && items.length > 0 ? { next: Buffer.from(String(next)).toString('base64url') } : {}),
  };
}

export function offsetOf(cursor: string | undefined, list: string): number {
  if (cursor === undefined) return 0;
  const offset = Buffer.from(cursor, 'base64url').toString();
  if (/^\d{1,9}$/.test(offset)) return Number(offset);
  throw new PlumblineError('QUERY_INVALID', { name: list, reason: 'cursor: it is not one that a page gave' });
}

const text = (value: Row[string] | undefined) => (value === null || value === undefined ? '' : String(value));
/** `2026-11-02 12:00:00` as RFC 3339. */
export const instant = (value: Row[string] | undefined): string | null =>
  value === null || value === undefined ? null : `${String(value).replace(' ', 'T')}Z`;

const itemOf = (row: Row): ApiItem => ({
  ...{ service: text(row.service), team: text(row.team), check: text(row.check), title: text(row.title) },
  ...{ state: text(row.state), since: instant(row.since), detail: text(row.detail), level: text(row.level) },
  ...{ weight: Number(row.weight), required: row.is_required === true },
  exempt_until: row.exempt_until === null ? null : text(row.exempt_until),
  repository: text(row.repository),
  link: linkOf(text(row.link), {
    ...{ service: text(row.service), team: text(row.team), repository: text(row.repository) },
  }),
});
