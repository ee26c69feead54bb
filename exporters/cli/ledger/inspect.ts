/** What `check` asks of the ledgers: sources and files, rejects, series against their budgets. */
import { z } from 'zod';
import { describeError } from '../../core/errors.ts';
import type { Reader, Row } from '../../core/ledger.ts';
import type { Runtime } from '../../core/runtime.ts';
import { didYouMean } from '../output.ts';
import { defineLedgerCommand } from './command.ts';
import { refreshOnce } from './refresh.ts';

const shownRejects = 200;

export interface SourceReport {
  readonly exporter: string;
  readonly source: string;
  readonly state: string;
  readonly error: string | undefined;
  readonly kind: 'pull' | 'read' | 'push';
  /** Nothing in the configuration asks for it. */
  readonly isUnasked: boolean;
  /** What its next refresh asks, and what that costs; `check` itself asks nothing that costs money. */
  readonly plan: string | undefined;
  /** Since the ledger was begun. */
  readonly records: number;
  /** How many files are in each state; none of a source that keeps no list of them, as it reads a single one. */
  readonly files: Readonly<Record<string, number>>;
  /** Files that could not be loaded, with the reason. */
  readonly broken: readonly { readonly path: string; readonly state: string; readonly reason: string }[];
  /** How many files were left to another exporter, by the reason. */
  readonly others: Readonly<Record<string, number>>;
}

export interface RejectReport {
  readonly source: string;
  readonly file: string;
  readonly line: number | undefined;
  readonly reason: string;
  readonly field: string;
  readonly value: string;
}

/** All that was rejected, of which the ledgers' newest entries are listed. */
export interface RejectCounts {
  readonly entries: number;
  /** Files left out whole. */
  readonly files: number;
  /** Records left out, or read without a value. */
  readonly records: number;
  /** Values that could not be read, of which a record may hold several. */
  readonly values: number;
}

export interface FamilyReport {
  readonly exporter: string;
  readonly metric: string;
  readonly series: number;
  readonly maxSeries: number;
}

export interface ResidualReport {
  readonly metric: string;
  readonly labels: string;
  readonly value: number;
}

export interface InspectOutput {
  readonly sources: readonly SourceReport[];
  readonly rejects: readonly RejectReport[];
  readonly rejectCounts: RejectCounts;
  readonly families: readonly FamilyReport[];
  /** By exporter: everything on its page. */
  readonly series: Readonly<Record<string, number>>;
  readonly residuals: readonly ResidualReport[];
  readonly problems: readonly string[];
  /** What is configured and selects nothing. */
  readonly notices: readonly { readonly subject: string; readonly text: string; readonly isInOrder: boolean }[];
}

export const inspectCommand = defineLedgerCommand({
  name: 'inspect',
  input: z.strictObject({ refresh: z.boolean().default(false) }),
  run: async (session, { refresh }, progress): Promise<InspectOutput> => {
    const reports: InspectOutput[] = [];
    for (const runtime of session.runtimes) {
      if (refresh) await refreshOnce(runtime, progress, { free: true });
      progress.stage(`computing the metrics of ${runtime.exporter.name}`);
      reports.push(await inspect(runtime));
    }
    progress.end();
    return {
      sources: reports.flatMap(report => report.sources),
      rejects: reports.flatMap(report => report.rejects),
      rejectCounts: addUp(reports.map(report => report.rejectCounts)),
      families: reports.flatMap(report => report.families),
      series: Object.assign({}, ...reports.map(report => report.series)) as Record<string, number>,
      residuals: reports.flatMap(report => report.residuals),
      problems: reports.flatMap(report => report.problems),
      notices: reports.flatMap(report => report.notices),
    };
  },
});

async function inspect(runtime: Runtime): Promise<InspectOutput> {
  const { exporter, ledger } = runtime;
  // A page too large is told in `problems`, and its families are still wanted here.
  const snapshot = await runtime.takeSnapshot().catch(() => runtime.snapshot());
  const { files, rejects, rejectCounts } = await ledger.read(async reader => ({
    files: await reader.all('SELECT source, path, state, reason FROM files ORDER BY path'),
    rejects: await reader.all(
      'SELECT source, file, line, reason, field, value FROM rejects ORDER BY learned_at DESC, file, line LIMIT $most::BIGINT',
      { most: String(shownRejects) },
    ),
    rejectCounts: await countRejects(reader),
  }));
  const families = snapshot?.families ?? [];
  const plans = new Map<string, string>();
  for (const { name } of exporter.sources) {
    const plan = await runtime.plan(name).then(
      planned => planned?.text,
      (cause: unknown) => describeError(cause),
    );
    if (plan !== undefined) plans.set(name, plan);
  }
  const unasked = new Set(
    exporter.sources.flatMap(source => (source.kind === 'push' && source.isAlwaysThere ? [source.name] : [])),
  );
  return {
    sources: runtime.sources().map(({ source, kind, state, error, records }) => {
      const own = files.filter(row => row.source === source);
      return {
        exporter: exporter.name,
        source,
        kind,
        isUnasked: unasked.has(source),
        plan: plans.get(source),
        state,
        error,
        records,
        files: Object.fromEntries(
          [...Map.groupBy(own, row => text(row, 'state'))].map(([key, rows]) => [key, rows.length]),
        ),
        broken: own
          .filter(row => row.state === 'broken' || row.state === 'waiting')
          .map(row => ({ path: text(row, 'path'), state: text(row, 'state'), reason: text(row, 'reason') })),
        others: Object.fromEntries(
          [
            ...Map.groupBy(
              own.filter(row => row.state === 'skipped' && text(row, 'reason').startsWith('belongs_to_')),
              row => text(row, 'reason'),
            ),
          ].map(([reason, rows]) => [reason, rows.length]),
        ),
      };
    }),
    rejects: rejects.map(row => ({
      source: text(row, 'source'),
      file: text(row, 'file'),
      line: row.line === null ? undefined : Number(row.line),
      reason: text(row, 'reason'),
      field: text(row, 'field'),
      value: text(row, 'value'),
    })),
    rejectCounts,
    families: exporter.metrics.map(metric => ({
      exporter: exporter.name,
      metric: metric.name,
      series: Math.max(0, ...families.filter(family => family.metric === metric).map(family => family.series)),
      maxSeries: metric.maxSeries,
    })),
    series: { [exporter.name]: families.reduce((sum, family) => sum + family.series, 0) },
    residuals: families
      .filter(family => /_residual(_|$)/.test(family.name))
      .flatMap(family => nonZero(family.name, family.text.toString())),
    problems: runtime.problems(),
    notices: ((await exporter.check?.(ledger)) ?? []).map(
      ({ subject, text: said, isInOrder = false, word = '', known = [] }) => ({
        isInOrder,
        subject,
        text: `${said}${didYouMean(word, known)}`,
      }),
    ),
  };
}

/** A reason `file_…` is a whole file's. Where a record's line isn't known, each of its entries counts as a record. */
async function countRejects(reader: Reader): Promise<RejectCounts> {
  const [row = {}] = await reader.all(
    `SELECT count(*) AS entries, count(DISTINCT (source, file)) FILTER (whole) AS files,
       count(DISTINCT (source, file, line)) FILTER (NOT whole AND line IS NOT NULL)
         + count(*) FILTER (NOT whole AND line IS NULL) AS records,
       count(*) FILTER (NOT whole AND field IS NOT NULL) AS "values"
     FROM (SELECT *, starts_with(reason, 'file_') AS whole FROM rejects)`,
  );
  const number = (column: string) => Number(row[column] ?? 0);
  return { entries: number('entries'), files: number('files'), records: number('records'), values: number('values') };
}

const addUp = (counts: readonly RejectCounts[]): RejectCounts =>
  counts.reduce(
    (sum, { entries, files, records, values }) => ({
      entries: sum.entries + entries,
      files: sum.files + files,
      records: sum.records + records,
      values: sum.values + values,
    }),
    { entries: 0, files: 0, records: 0, values: 0 },
  );

const text = (row: Row, column: string): string => String(row[column] ?? '');

/** The samples of a rendered family whose value is not 0. */
function nonZero(metric: string, lines: string): ResidualReport[] {
  return lines
    .split('\n')
    .filter(line => line !== '')
    .map(line => ({
      metric,
      labels: line.slice(metric.length, line.lastIndexOf(' ')),
      value: Number(line.slice(line.lastIndexOf(' ') + 1)),
    }))
    .filter(({ value }) => value !== 0);
}
