/** What `plumbline explain` says of a finding, a policy, a repository and a resource. */
import { explainOwned } from '../catalog/explain.ts';
import { fold } from '../catalog/refs.ts';
import type { Ledger, Reader, Row } from '../core/ledger.ts';
import { utcDay } from '../core/time.ts';
import { prepareInstants } from '../core/views.ts';
import {
  exceptionSpans,
  exceptionsAt,
  findingSpans,
  foundAt,
  policySpans,
  reportSpans,
  scopesAt,
  tallySpans,
} from '../findings/sql.ts';
import { sql } from './metrics/sql.ts';

export interface ExplainOptions {
  readonly now: Date;
  /** The exporter's tables of facts. */
  readonly facts: readonly string[];
}

/** Undefined where nothing is known of it, or the kind is none of ours. */
export const explainPolicy = (
  ledger: Ledger,
  { now, facts }: ExplainOptions,
  kind: string,
  id: string,
): Promise<string | undefined> =>
  ledger.read(async reader => {
    if (!isExplained(kind)) return undefined;
    await prepareInstants(reader, facts, { name: 'explain', kind: 'state' }, { instants: [now] });
    if (kind === 'finding') return ofFinding(reader, id);
    return kind === 'policy' ? ofPolicy(reader, id) : ofOwned(reader, kind, id, now);
  });

const kinds = ['finding', 'policy', 'repository', 'resource'] as const;
const isExplained = (kind: string): kind is (typeof kinds)[number] => kinds.some(known => known === kind);

const shown = 10;
const silentSql = sql(reportSpans, scopesAt, '../explain-silent');
const moment = (value: unknown): string => String(value).slice(0, 16);
const joined = (parts: readonly string[]): string => parts.filter(part => part !== '').join(', ');
const withRest = (paragraphs: readonly string[], all: number, what: string): string =>
  [...paragraphs, ...(all > shown ? [`… and ${all - shown} further ${what}`] : [])].join('\n\n');

/** By its id in GET /api/policy/findings, or by its resource: each policy that it was found against. */
async function ofFinding(reader: Reader, id: string): Promise<string | undefined> {
  const found = await reader.all(
    `SELECT f.finding::VARCHAR AS id, f.*, coalesce(r.requirement, 'other') AS requirement
     FROM findings AS f LEFT JOIN policy_rules AS r USING (engine, policy)
     WHERE f.finding::VARCHAR = $id OR f.resource = $id
     ORDER BY f.engine, f.policy, f.resource`,
    { id },
  );
  if (found.length === 0) return undefined;
  const paragraphs: string[] = [];
  for (const row of found.slice(0, shown)) {
    const states = await reader.all(
      `SELECT s.*, coalesce(o.team, 'unowned') AS team, coalesce(o.service, 'unassigned') AS service
       FROM finding_states AS s
       LEFT JOIN owners AS o
         ON o.owner_key = s.owner_key AND o.valid_from <= s.occurred_at::DATE AND s.occurred_at::DATE < o.valid_to
       WHERE s.finding = $id::HUGEINT
       ORDER BY s.scope, s.occurred_at, s.learned_at`,
      { id: String(row.id) },
    );
    const silent = await reader.all(silentSql, { engine: String(row.engine) });
    paragraphs.push(findingText(row, states, new Map(silent.map(one => [String(one.scope), one.looked_at]))));
  }
  return withRest(paragraphs, found.length, 'findings');
}

/** `silent` is when each scope was last looked at that has grown stale since. */
function findingText(row: Row, states: readonly Row[], silent: ReadonlyMap<string, unknown>): string {
  const words = [row.title, row.message].map(text => String(text ?? '')).filter(text => text !== '');
  const original = String(row.original_severity ?? '');
  return [
    `finding ${row.id}: ${row.engine} ${row.policy} (requirement ${row.requirement}) on ${row.resource}`,
    ...[...new Set(words)].map(text => `  ${text.replace(/\s+/g, ' ')}`),
    ...[row.location, row.url].flatMap(text => (text === null || text === '' ? [] : [`  ${text}`])),
    ...(original === '' ? [] : [`  the engine calls its severity ${original}`]),
    ...[...Map.groupBy(states, ({ scope }) => String(scope))].flatMap(([scope, own]) => [
      `  in ${scope}, episode ${own.at(-1)?.episode}:`,
      ...own.map(
        state =>
          `    ${moment(state.occurred_at)} ${joined([
            state.reason === '' ? String(state.state) : `${state.state} (${state.reason})`,
            ...[String(state.severity), String(state.enforcement), `of ${state.team} ${state.service}`],
            state.last_seen_at === null ? '' : `last seen ${moment(state.last_seen_at)}`,
          ])}`,
      ),
      ...(own.at(-1)?.state !== 'resolved' && silent.has(scope)
        ? [`    not known any more: the scope was last looked at ${moment(silent.get(scope))}`]
        : []),
    ]),
  ].join('\n');
}

const standing = [
  ...([findingSpans, reportSpans, scopesAt, foundAt, 'findings_at', tallySpans, policySpans] as const),
  ...(['rule_modes', 'rule_standing'] as const),
] as const;
const standingSql = sql(...standing, '../explain-standing');
const lookedAtSql = sql(findingSpans, reportSpans, scopesAt, foundAt, 'findings_at', '../explain-owned');
const violationsSql = sql(findingSpans, reportSpans, scopesAt, foundAt, 'findings_at', '../explain-violations');
const modesSql = sql(tallySpans, policySpans, 'rule_modes', '../explain-modes');
const exceptionsSql = sql(exceptionSpans, exceptionsAt, '../explain-exceptions');

/** By its engine's id of it, or ENGINE/ID where several engines have one of that name. */
async function ofPolicy(reader: Reader, id: string): Promise<string | undefined> {
  const found = await reader.all(standingSql, { id });
  if (found.length === 0) return undefined;
  const paragraphs: string[] = [];
  for (const row of found.slice(0, shown)) {
    const rule = { engine: String(row.engine), policy: String(row.policy) };
    const violations = await reader.all(violationsSql, rule);
    const modes = await reader.all(modesSql, rule);
    const exceptions = await reader.all(exceptionsSql, rule);
    const [blocks] = await reader.all(
      `SELECT count(*) AS n, max(occurred_at) AS newest FROM finding_blocks
       WHERE engine = $engine AND policy = $policy AND enforcement = 'enforce'`,
      rule,
    );
    paragraphs.push(
      [
        `policy ${row.engine} ${row.policy} (requirement ${row.requirement}): ${row.readiness}`,
        ...(row.clean_at === null ? [] : [`  without a violation since ${moment(row.clean_at)}`]),
        ...modes.map(({ enforcement, n, scopes }) => `  ${enforcement} in ${n} of its scopes: ${scopes}`),
        ...(violations.length === 0 ? ['  nothing violates it now'] : []),
        ...violations.map(
          ({ state, enforcement, team, service, environment, n, oldest }) =>
            `  ${n} ${state} (${enforcement}) of ${joined([`${team} ${service}`, String(environment)])}${oldest === null ? '' : `, the oldest since ${moment(oldest)}`}`,
        ),
        ...exceptions.map(({ status, n }) => `  ${n} exceptions from it: ${status}`),
        ...(Number(blocks?.n) === 0 ? [] : [`  refused ${blocks?.n} requests, the last at ${moment(blocks?.newest)}`]),
      ].join('\n'),
    );
  }
  return withRest(paragraphs, found.length, 'policies');
}

/** Who owns a repository or a resource by which rule, and what each engine found in it, and when it looked last. */
async function ofOwned(
  reader: Reader,
  kind: 'repository' | 'resource',
  id: string,
  now: Date,
): Promise<string | undefined> {
  // Repositories are kept as their reports write them, and compared without case.
  const spellings = kind === 'repository' ? await spellingsOf(reader, id) : [id];
  const owned: string[] = [];
  for (const spelling of spellings) owned.push((await explainOwned(reader, kind, spelling, utcDay(now))) ?? '');
  const found = await reader.all(lookedAtSql, {
    resource: kind === 'resource' ? id : '',
    scope: kind === 'repository' ? `repository:${fold(id)}` : '',
  });
  const text = owned.filter(one => one !== '').join('\n\n');
  if (text === '' && found.length === 0) return undefined;
  const lines = found.map(({ engine, scope, n, looked_at: looked, status }) => {
    const seen = looked === null ? 'never looked at' : `last looked at ${moment(looked)}`;
    return `  ${joined([`${engine} in ${scope}: ${n} open`, seen, status === 'fresh' ? '' : String(status)])}`;
  });
  return [text === '' ? `${kind} ${id}` : text, ...lines].join('\n');
}

async function spellingsOf(reader: Reader, id: string): Promise<readonly string[]> {
  const rows = await reader.all(
    `SELECT DISTINCT json_extract_string(attributes, '$.repository') AS spelling FROM owner_keys
     WHERE lower(json_extract_string(attributes, '$.repository')) = $id ORDER BY spelling LIMIT ${shown}`,
    { id: fold(id) },
  );
  return rows.map(({ spelling }) => String(spelling));
}
