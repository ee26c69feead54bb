/** GET /api/scorecard/shadow: what domains have seen and nothing in the catalog explains, the most expensive first. */
import { z } from 'zod';
import type { ApiEndpoint, ApiItem, ApiPage, ApiRequest } from '../core/api.ts';
import type { Reader, Row } from '../core/ledger.ts';
import { subjectKinds } from '../core/subjects.ts';
import { prepareInstants } from '../core/views.ts';
import { wordsOf } from '../findings/api/list.ts';
import { oneOf, readListQuery, words } from '../findings/api/query.ts';
import { instant, offsetOf, pageOf } from './checks-api.ts';
import { shadowListSql } from './sql.ts';
import { scorecardFacts } from './store.ts';

const name = 'shadow';
const querySchema = z.strictObject({
  kind: oneOf(subjectKinds).optional(),
  exporter: words.optional(),
  /** What is nobody's is nobody's, whoever asks. */
  team: words.optional(),
  limit: z.coerce.number().int().min(1).max(1_000).default(100),
  cursor: z.string().optional(),
});
const columns = ['kind', 'subject', 'first_seen_at', 'last_seen_at', 'seen_by', 'cost', 'currency', 'findings'];

export const shadowApi: ApiEndpoint = {
  name,
  answer: (ledger, request) => ledger.read(reader => answer(reader, request)),
};

async function answer(reader: Reader, { query, principal, now }: ApiRequest): Promise<ApiPage> {
  const asked = readListQuery(querySchema, query, principal, name);
  const offset = offsetOf(asked.cursor, name);
  await prepareInstants(reader, scorecardFacts, { name, kind: 'state' }, { instants: [now] });
  const rows = await reader.all(shadowListSql, {
    ...{ kinds: wordsOf(asked.kind), exporters: wordsOf(asked.exporter), limit: asked.limit, offset },
  });
  return pageOf(columns, rows.map(itemOf), { total: Number(rows[0]?.total ?? offset), offset });
}

const itemOf = (row: Row): ApiItem => ({
  ...{ kind: String(row.kind), subject: String(row.subject) },
  ...{ first_seen_at: instant(row.first_seen_at), last_seen_at: instant(row.last_seen_at) },
  ...{ seen_by: String(row.seen_by), cost: row.cost === null ? null : String(row.cost) },
  ...{ currency: row.currency === null ? '' : String(row.currency) },
  findings: row.findings === null ? null : Number(row.findings),
});
