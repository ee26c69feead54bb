/** An audit's run: its lines, joined by the run's id, wherever they were read; and the report that they make. */
import { createHash } from 'node:crypto';
import { ownerText } from '../../../catalog/keys.ts';
import { placeAttributes } from '../../../findings/place.ts';
import type { Report, Result } from '../../../findings/report.ts';
import type { AuditEntry, Origin } from './entry.ts';
import { distinct, engine, resultOf, type World } from './violation.ts';

/** A line of a run as it is kept until the others of the run are read. */
export type RunLine = { readonly digest: string; readonly origin: Origin } & (
  | { readonly type: 'started' | 'finished' }
  | { readonly type: 'total'; readonly policy: string; readonly violations: number }
  | { readonly type: 'violation'; readonly result: Result }
  | { readonly type: 'unlisted'; readonly kind: string }
  | { readonly type: 'incomplete'; readonly reason: string }
);

export interface Run {
  readonly scope: string;
  /** Whose the scope is. */
  readonly owner: string;
  /** When it began, ISO 8601: the audit's id. */
  readonly at: string;
  readonly lines: readonly RunLine[];
}

const digestOf = (...words: readonly unknown[]): string =>
  createHash('sha256').update(JSON.stringify(words)).digest('hex').slice(0, 32);

function lineOf(entry: AuditEntry, world: World): RunLine {
  const { run: _, origin } = entry;
  if (entry.type === 'violation') {
    const { violation, stamp } = entry;
    return { type: 'violation', origin, digest: digestOf(violation, stamp), result: resultOf(world, violation) };
  }
  const { run: __, ...line } = entry;
  return { ...line, digest: digestOf(line) };
}

/** Lines of runs by their id; a line that was told twice is one. */
export interface Gathered {
  readonly take: (entry: AuditEntry) => void;
  readonly runs: () => readonly Run[];
}

export function gathering(world: World): Gathered {
  const owner = ownerText(placeAttributes(world.place));
  const byRun = new Map<string, Map<string, RunLine>>();
  return {
    take: entry => {
      const line = lineOf(entry, world);
      const lines = byRun.get(entry.run) ?? new Map<string, RunLine>();
      byRun.set(entry.run, lines);
      lines.set(line.digest, line);
    },
    runs: () => [...byRun].map(([at, lines]) => ({ scope: world.scope, owner, at, lines: [...lines.values()] })),
  };
}

export const isWhole = ({ lines }: Run): boolean =>
  lines.some(({ type }) => type === 'started') && lines.some(({ type }) => type === 'finished');

/** Kinds of objects that a run could not list, and so says nothing of. */
export const unlistedKinds = ({ lines }: Run): readonly string[] => [
  ...new Set(lines.flatMap(line => (line.type === 'unlisted' ? [line.kind] : []))),
];

/**
 * Of the whole cluster: a constraint that a complete run doesn't name has no violations, or is gone. Where lines are lost,
 * the totals that the audit counted tell of which constraints. Totals are of findings, and not of messages.
 */
export function runReport(run: Run): Report {
  const { scope, owner, at, lines } = run;
  const violations = lines.flatMap(line => (line.type === 'violation' ? [line] : []));
  const results = distinct(violations.map(({ result }) => result));
  const listed = Map.groupBy(violations, ({ result }) => result.policy);
  const totals = new Map(lines.flatMap(line => (line.type === 'total' ? [[line.policy, line.violations]] : [])));
  const findings = Map.groupBy(results, ({ policy }) => policy);
  const reason = incompleteness(run, listed, totals);
  return {
    ...{ engine, scope, owner, evaluatedAt: at },
    completeness: reason === undefined ? 'complete' : 'partial',
    ...(reason === undefined ? {} : { reason }),
    totals: [...totals].map(([policy, total]) => {
      const own = listed.get(policy) ?? [];
      const logged = own.filter(({ origin }) => origin === 'log').length;
      const missing = Math.max(0, total - Math.max(logged, own.length - logged));
      return { policy, part: policy, violations: (findings.get(policy)?.length ?? 0) + missing };
    }),
    results,
    // A run's lines are its own only together with its time and its cluster.
    digest: digestOf(scope, at, lines.map(({ digest }) => digest).sort()),
  };
}

type Lines = Extract<RunLine, { type: 'violation' }>;

function incompleteness(
  run: Run,
  listed: ReadonlyMap<string, readonly Lines[]>,
  totals: ReadonlyMap<string, number>,
): string | undefined {
  const { lines } = run;
  if (!lines.some(({ type }) => type === 'finished')) return 'audit_not_finished';
  if (!lines.some(({ type }) => type === 'started')) return 'audit_beginning_missing';
  const told = lines.find(line => line.type === 'incomplete');
  if (told?.type === 'incomplete') return told.reason;
  // An audit that breaks off says that it has finished, too, but counts nothing.
  const isUncounted = [...listed].some(
    ([policy, own]) => own.some(({ origin }) => origin === 'log') && !totals.has(policy),
  );
  return isUncounted ? 'audit_failed' : undefined;
}
