/** Brings facts of checks that are told as they are into the ledger: a teller's word changes no other's. */
import type { Transaction } from '../core/ledger.ts';
import { type SubjectRow, subjectColumns } from '../core/subjects.ts';
import { serviceRow, storeNow, type ToldCheck } from './store.ts';
import type { AcceptedFact } from './told-facts.ts';

/** Services by check. */
export type ToldKeys = Readonly<Record<string, readonly string[]>>;

export interface Telling {
  readonly now: Date;
  /** `subject`: a word ages by itself; `look`: all that is told of a check is told again each time. */
  readonly agesFrom: 'look' | 'subject';
  /** What the same teller said before and takes back where it says it no more. */
  readonly before?: ToldKeys;
  /** Whether it says word by word what it said: then a newer word of another stands. */
  readonly isSame?: boolean;
}

export const keysOf = (facts: readonly AcceptedFact[]): ToldKeys =>
  Object.fromEntries(
    [...Map.groupBy(facts, ({ check }) => check)].map(([check, own]) => [check, own.map(({ service }) => service)]),
  );

const picked = subjectColumns
  .map(column => (column === 'ts' ? 'occurred_at::VARCHAR AS ts' : `"${column}"::VARCHAR AS "${column}"`))
  .join(', ');
const subjectOf = (row: SubjectRow) => row[subjectColumns.indexOf('subject')] ?? '';

/** Returns how many rows are new. */
export async function storeTold(
  tx: Transaction,
  facts: readonly AcceptedFact[],
  { now, agesFrom, before = {}, isSame = false }: Telling,
): Promise<number> {
  const told: ToldCheck[] = [];
  for (const check of new Set([...facts.map(one => one.check), ...Object.keys(before)])) {
    const was = new Set(before[check]);
    const known = (await tx.all(
      `SELECT ${picked} FROM (
         FROM subject_states WHERE exporter = 'told' AND "check" = $check
         QUALIFY row_number() OVER (PARTITION BY subject ORDER BY occurred_at DESC, learned_at DESC) = 1
       ) WHERE state <> 'gone'`,
      { check },
    )) as readonly Readonly<Record<string, string | null>>[];
    const standing = new Map(
      known.map(row => [row.subject ?? '', subjectColumns.map(column => row[column] ?? null) as SubjectRow]),
    );
    const own = facts
      .filter(one => one.check === check)
      .map(fact =>
        isSame && was.has(fact.service) ? (standing.get(fact.service) ?? rowOf(now, fact)) : rowOf(now, fact),
      );
    const looked = own.map(subjectOf);
    const named = new Set([...looked, ...was]);
    const others = [...standing].flatMap(([subject, row]) => (named.has(subject) ? [] : [row]));
    told.push({ exporter: 'told', check, agesFrom, looked, rows: [...own, ...others] });
  }
  return storeNow(tx, told, now);
}

const rowOf = (now: Date, { service, team, state, detail, since }: AcceptedFact): SubjectRow =>
  serviceRow(now, {
    ...{ service, team, state: state as 'pass' | 'fail' | 'unknown', detail: detail.slice(0, 200) },
    since: since === '' ? undefined : since,
  });
