/**
 * Subject facts for another Plumbline, or for whoever builds on them:
 * - GET /api/EXPORTER/subject-checks: the checks, and whether what they say may have changed;
 * - GET /api/EXPORTER/subject-facts?check=NAME: every subject's state now; with `from` (and `to`, `step`) every subject's
 *   state at `from`, then what changed at each step. Pages are of one version of the facts.
 */
import { z } from 'zod';
import type { ApiEndpoint, ApiItem, ApiRequest } from './api.ts';
import { PlumblineError } from './errors.ts';
import type { Runtime } from './runtime.ts';
import { subjectReaderOf } from './subject-reader.ts';
import { type SubjectReader, type SubjectRow, subjectColumns } from './subjects.ts';
import { daySeconds, grid } from './time.ts';

export const checksList = 'subject-checks';
export const factsList = 'subject-facts';

/** As many steps as two years of days have. */
const mostInstants = 800;
const instant = z.union([z.iso.datetime({ offset: true }), z.iso.date()]).transform(text => new Date(text));
const querySchema = z.strictObject({
  check: z.string().min(1),
  from: instant.optional(),
  to: instant.optional(),
  /** Seconds. */
  step: z.coerce.number().int().min(60).default(daySeconds),
  limit: z.coerce.number().int().min(1).max(10_000).default(1_000),
  cursor: z.string().optional(),
});
const cursorSchema = z.tuple([z.string(), z.iso.datetime(), z.int().min(1)]);

const invalid = (reason: string) => new PlumblineError('QUERY_INVALID', { name: factsList, reason });

export function subjectEndpoints(runtime: Pick<Runtime, 'exporter' | 'ledger' | 'sources'>): readonly ApiEndpoint[] {
  const reader = subjectReaderOf(runtime);
  if (reader === undefined) return [];
  return [
    { name: checksList, answer: () => checksPage(reader) },
    { name: factsList, answer: (_, request) => factsPage(reader, request) },
  ];
}

async function checksPage(reader: SubjectReader) {
  const items = (await reader.checks()).map(
    ({ check, help, everySeconds, version, sourcesRead }): ApiItem => ({
      ...{ check, help, every_seconds: everySeconds, version },
      sources_read: sourcesRead === undefined ? null : sourcesRead.join(' '),
    }),
  );
  return { columns: ['check', 'help', 'every_seconds', 'version', 'sources_read'], items, total: items.length };
}

async function factsPage(reader: SubjectReader, { query, principal, now }: ApiRequest) {
  const parsed = querySchema.safeParse(query);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    throw invalid(
      issue?.code === 'unrecognized_keys'
        ? `there is no parameter ${issue.keys.join(', ')}; there are ${Object.keys(querySchema.shape).join(', ')}`
        : `${issue?.path.join('.') ?? ''}: ${issue?.message ?? 'not understood'}`,
    );
  }
  const { check, from, to, step, limit, cursor } = parsed.data;
  const checks = await reader.checks();
  const told = checks.find(one => one.check === check);
  if (told === undefined)
    throw invalid(`check: ${reader.exporter} has no ${check}; it has ${checks.map(one => one.check).join(', ')}`);
  const place = cursor === undefined ? undefined : placeOf(cursor);
  if (place !== undefined && place.version !== told.version)
    throw invalid('cursor: the facts have changed since; begin again without it');
  const at = place?.at ?? now;
  const instants = from === undefined ? [to ?? at] : grid(from, to ?? at, step);
  if (instants.length === 0 || instants.length > mostInstants)
    throw invalid(`from, to and step: expected 1 to ${mostInstants} instants, and these are ${instants.length}`);
  const own = principal.role === 'team' ? principal.team : undefined;
  const team = subjectColumns.indexOf('team');
  const offset = place?.offset ?? 0;
  const shown: SubjectRow[] = [];
  let total = 0;
  await reader.read(check, instants, rows => {
    for (const row of rows) {
      // A team's token sees what is its own or nobody's.
      if (own !== undefined && row[team] !== own && row[team] !== 'unowned') continue;
      if (total >= offset && shown.length < limit) shown.push(row);
      total += 1;
    }
  });
  const next = offset + shown.length;
  return {
    columns: subjectColumns,
    items: shown.map(itemOf),
    total,
    ...(next < total ? { next: cursorOf(told.version, at, next) } : {}),
  };
}

const timeColumns: readonly string[] = ['ts', 'since'];

const itemOf = (row: SubjectRow): ApiItem =>
  Object.fromEntries(
    subjectColumns.map((name, index) => {
      const value = row[index] ?? null;
      return [name, value !== null && timeColumns.includes(name) ? `${value.replace(' ', 'T')}Z` : value];
    }),
  );

const cursorOf = (version: string, at: Date, offset: number): string =>
  Buffer.from(JSON.stringify([version, at.toISOString(), offset])).toString('base64url');

function placeOf(cursor: string) {
  try {
    const [version, at, offset] = cursorSchema.parse(JSON.parse(Buffer.from(cursor, 'base64url').toString()));
    return { version, at: new Date(at), offset };
  } catch {
    throw invalid('cursor: it is not one that a page gave');
  }
}
