/** Brings reports into temporary tables, as SQL reads them: times as UTC, owners and findings as keys. */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { Transaction } from '../core/ledger.ts';
import { stage } from '../core/stage.ts';
import type { Report } from './report.ts';
import { roundsOf } from './rounds.ts';
import { instantOf, ledgerTime, optionalTime, ownerOf } from './staged-values.ts';

const stagedReports = readFileSync(new URL('./life/staged_reports.sql', import.meta.url), 'utf8');

/** Of a report of one part everything is of that part, unless it says otherwise. */
const partOf = ({ parts }: Report, part: string | undefined) => part ?? (parts?.length === 1 ? parts[0]! : '');

/** Whatever number a document says: a count that no ledger can hold would keep all that is told with it out. */
const countOf = (said: number) => (said >= 0 ? Math.min(Math.trunc(said), mostCounted) : 0);
const mostCounted = 1e12;

/** A part that only its results name is told of, too. */
const partsOf = (report: Report): readonly string[] | undefined =>
  report.parts && [
    ...new Set([
      ...report.parts,
      ...[...report.results, ...(report.counts ?? [])].map(({ part }) => partOf(report, part)),
    ]),
  ];

/** Stages reports; returns how many rounds they take. What is already known, or told twice, is left out. */
export async function stageReports(
  tx: Transaction,
  reports: readonly Report[],
  { now, staleSeconds = null }: { readonly now: Date; readonly staleSeconds?: number | null },
): Promise<number> {
  const told = reports.map(report => ({ report, parts: partsOf(report), at: instantOf(report.evaluatedAt, now) }));
  const rounds = roundsOf(
    told.map(({ report, parts, at }) => ({
      whole: JSON.stringify([report.engine, report.scope]),
      at,
      ...(parts ? { parts } : {}),
    })),
  );
  const rows = told.map(({ report, parts, at }, number) => ({ report, parts, at, number }));
  await stage(
    tx,
    'told_reports',
    {
      ...{ report: 'BIGINT', round: 'BIGINT', engine: 'VARCHAR', scope: 'VARCHAR', evaluated_at: 'TIMESTAMP' },
      ...{
        completeness: 'VARCHAR',
        reason: 'VARCHAR',
        is_whole: 'BOOLEAN',
        parts: 'BIGINT',
        lists_policies: 'BOOLEAN',
      },
      ...{ listed: 'BIGINT', stale_seconds: 'BIGINT', digest: 'VARCHAR', owner: 'VARCHAR' },
    },
    rows.map(({ report, parts, at, number }) => ({
      ...{ report: number, round: rounds[number]!, engine: report.engine, scope: report.scope },
      ...{ evaluated_at: ledgerTime(at), completeness: report.completeness, reason: report.reason ?? '' },
      ...{ is_whole: parts === undefined, parts: parts?.length ?? 0, lists_policies: report.policies !== undefined },
      ...{ listed: report.results.length, stale_seconds: staleSeconds, digest: digestOf(report) },
      owner: ownerOf(report.owner),
    })),
  );
  await stage(
    tx,
    'told_parts',
    { report: 'BIGINT', part: 'VARCHAR' },
    rows.flatMap(({ number: report, parts }) => (parts ?? []).map(part => ({ report, part }))),
  );
  await stage(
    tx,
    'told_evaluated',
    { report: 'BIGINT', policy: 'VARCHAR' },
    rows.flatMap(({ number, report }) => (report.policies ?? []).map(policy => ({ report: number, policy }))),
  );
  await stage(
    tx,
    'told_totals',
    { report: 'BIGINT', part: 'VARCHAR', policy: 'VARCHAR', violations: 'BIGINT' },
    rows.flatMap(({ number, report }) =>
      (report.totals ?? []).map(({ part, policy, violations }) => ({
        ...{ report: number, part: partOf(report, part), policy, violations: countOf(violations) },
      })),
    ),
  );
  await stage(
    tx,
    'told_results',
    {
      ...{ report: 'BIGINT', part: 'VARCHAR', policy: 'VARCHAR', resource: 'VARCHAR', outcome: 'VARCHAR' },
      ...{ severity: 'VARCHAR', enforcement: 'VARCHAR', owner: 'VARCHAR', title: 'VARCHAR', message: 'VARCHAR' },
      ...{ location: 'VARCHAR', url: 'VARCHAR', original_severity: 'VARCHAR', first_seen_at: 'TIMESTAMP' },
      ended_at: 'TIMESTAMP',
    },
    rows.flatMap(({ number, report }) =>
      report.results.map(one => ({
        ...{
          report: number,
          part: partOf(report, one.part),
          policy: one.policy,
          resource: one.resource,
          outcome: one.outcome,
        },
        ...{ severity: one.severity, enforcement: one.enforcement, owner: ownerOf(one.owner) },
        ...{ title: one.title ?? '', message: one.message ?? '', location: one.location ?? '', url: one.url ?? '' },
        ...{ original_severity: one.originalSeverity ?? '', first_seen_at: optionalTime(one.firstSeenAt) },
        ended_at: null,
      })),
    ),
  );
  await stage(
    tx,
    'told_counts',
    {
      ...{ report: 'BIGINT', part: 'VARCHAR', policy: 'VARCHAR', outcome: 'VARCHAR', severity: 'VARCHAR' },
      ...{ enforcement: 'VARCHAR', owner: 'VARCHAR', results: 'BIGINT' },
    },
    rows.flatMap(({ number, report }) =>
      (report.counts ?? []).map(({ part, policy, outcome, severity, enforcement, owner, count }) => ({
        ...{
          report: number,
          part: partOf(report, part),
          policy,
          outcome,
          severity,
          enforcement,
          owner: ownerOf(owner),
          results: countOf(count),
        },
      })),
    ),
  );
  await tx.run(stagedReports);
  return 1 + Math.max(-1, ...new Set(rounds));
}

/** Reports of several parts of one file have its digest in common. */
function digestOf({ parts, digest }: Report): string {
  if (!parts) return digest;
  const hash = createHash('sha256').update(JSON.stringify([digest, [...parts].sort()]));
  return hash.digest('hex');
}
