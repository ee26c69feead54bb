/** GET /api/supply-chain/images: the running images that metrics count, one by one, with what is known of each. */
import { z } from 'zod';
import type { ApiCell, ApiEndpoint, ApiItem, ApiPage, ApiRequest } from '../core/api.ts';
import { PlumblineError } from '../core/errors.ts';
import type { Reader, Row } from '../core/ledger.ts';
import type { Principal } from '../core/source.ts';
import { sqlTime } from '../core/time.ts';
import { prepareInstants } from '../core/views.ts';
import { wordsOf } from '../findings/api/list.ts';
import { oneOf, readListQuery, words } from '../findings/api/query.ts';
import { sql } from './metrics/sql.ts';

const listSql = sql(
  ...(['running_at', 'running_as', 'scans_at', 'image_scans_at', 'sboms_at', 'signatures_at', 'signed_at'] as const),
  ...(['bases_at', 'verdicts_at', 'verdict_turns', 'newly_blocked_at'] as const),
  ...(['../images-listed', '../images-list'] as const),
);

const listName = 'images';
const columns = [
  ...(['image', 'tags', 'artifact', 'team', 'service', 'environment', 'scan', 'scanned_at', 'base', 'sbom'] as const),
  ...(['sbom_created_at', 'sbom_gaps', 'signature', 'signers', 'signer_changed_at', 'provenance'] as const),
  ...(['slsa_level', 'verdict', 'rule', 'newly_blocked'] as const),
] as const;
const times: readonly string[] = ['scanned_at', 'sbom_created_at', 'signer_changed_at'];
/** What pages are ordered by. */
const placeColumns = ['image', 'artifact', 'team', 'service', 'environment'] as const;

/** Values are those of the metrics' labels; several are separated by commas, and `.*` is any. */
const querySchema = z.strictObject({
  ...{ team: words.optional(), service: words.optional(), environment: words.optional(), image: words.optional() },
  scan: oneOf(['fresh', 'partial', 'failed', 'stale', 'never']).optional(),
  base: oneOf(['supported', 'end_of_life', 'unknown']).optional(),
  sbom: oneOf(['complete', 'incomplete', 'stale', 'missing']).optional(),
  signature: oneOf(['verified', 'failed', 'claimed', 'unsigned', 'unknown']).optional(),
  provenance: oneOf(['verified', 'failed', 'claimed', 'missing', 'unknown']).optional(),
  verdict: oneOf(['pass', 'warned', 'blocked', 'unknown']).optional(),
  rule: words.optional(),
  newly_blocked: oneOf(['yes', 'no']).optional(),
  signer_changed_days: z.coerce.number().positive().max(36_500).optional(),
  limit: z.coerce.number().int().min(1).max(1_000).default(100),
  cursor: z.string().optional(),
});

/** Errors: QUERY_INVALID; READ_FORBIDDEN where a team's token asks for another team by name. */
export const readImagesQuery = (query: Readonly<Record<string, string>>, principal: Principal) =>
  readListQuery(querySchema, query, principal, listName);

/** A team's token sees what is its own or nobody's. `facts` are the exporter's. */
export const imagesApi = (facts: readonly string[]): ApiEndpoint => ({
  name: listName,
  answer: (ledger, request) => ledger.read(reader => answer(reader, facts, request)),
});

async function answer(reader: Reader, facts: readonly string[], request: ApiRequest): Promise<ApiPage> {
  const { query, principal, now } = request;
  const asked = readImagesQuery(query, principal);
  const after = placeOf(asked.cursor);
  await prepareInstants(reader, facts, { name: listName, kind: 'state' }, { instants: [now] });
  const rows = await reader.all(listSql, {
    ...{ teams: wordsOf(asked.team), services: wordsOf(asked.service), environments: wordsOf(asked.environment) },
    ...{ images: wordsOf(asked.image), scans: wordsOf(asked.scan), bases: wordsOf(asked.base) },
    ...{ sboms: wordsOf(asked.sbom), signatures: wordsOf(asked.signature) },
    ...{ provenances: wordsOf(asked.provenance), verdicts: wordsOf(asked.verdict), rules: wordsOf(asked.rule) },
    ...{ newly: wordsOf(asked.newly_blocked), signer_changed_days: asked.signer_changed_days ?? null },
    ...{ own: principal.role === 'team' ? principal.team : null, now: sqlTime(now) },
    ...{ limit: asked.limit + 1, after: wordsOf(after) },
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

const itemOf = (row: Row): ApiItem =>
  Object.fromEntries(columns.map((name): [string, ApiCell] => [name, cellOf(name, row[name] ?? null)]));

/** `2026-11-02 12:00:00` as RFC 3339. */
const cellOf = (name: string, value: Row[string]): ApiCell => {
  if (times.includes(name)) return value === null ? null : `${String(value).replace(' ', 'T')}Z`;
  return value === null ? '' : String(value);
};

const cursorOf = (place: readonly string[]): string => Buffer.from(JSON.stringify(place)).toString('base64url');

/** Errors: QUERY_INVALID for what is no cursor of ours. */
function placeOf(cursor: string | undefined): readonly string[] | undefined {
  if (cursor === undefined) return undefined;
  try {
    return z
      .array(z.string())
      .length(placeColumns.length)
      .parse(JSON.parse(Buffer.from(cursor, 'base64url').toString()));
  } catch {
    throw new PlumblineError('QUERY_INVALID', { name: listName, reason: 'cursor: it is not one that a page gave' });
  }
}
