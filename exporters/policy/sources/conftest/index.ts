/**
 * conftest's reports: what `conftest test -o json` and `-o sarif` write. Each package (namespace) is a part of the scope,
 * and its run is taken for one over all of the scope's files: runs over different files of one repository need a scope
 * each. Failures are refusals and warnings warnings, unless the place says what a violation leads to.
 */
import { scopeOfPlace } from '../../../findings/place.ts';
import type { ExceptionList, Report } from '../../../findings/report.ts';
import { isObject, type JsonObject, listOf, readJson } from '../../../formats/json.ts';
import { isSarif } from '../../../formats/sarif/index.ts';
import { numbered } from '../../identity.ts';
import { digestOf, emptyOutput, faulty, ownerOf, rejection, wholeReport, withRejected } from '../../look.ts';
import type { ReadContext, Reading, ReportKind } from '../../reading.ts';
import { readSarifReport } from '../sarif/index.ts';
import { exceptionsOf } from '../sarif/suppressions.ts';
import { type FileRow, readRow } from './row.ts';

export const conftest: ReportKind = {
  kind: 'conftest',
  accepts: name => /\.(json|sarif)$/i.test(name),
  recognises: json => (listOf(json).some(isRow) ? 'repository' : undefined),
  read: (bytes, context) => {
    const read = readJson(bytes);
    // A policy that doesn't compile or a file that doesn't parse ends the whole run without a word on its output.
    if ('fault' in read) return read.fault === 'empty' ? emptyOutput('conftest', bytes, context) : faulty(read.fault);
    if (isSarif(read.value)) return readSarifReport(read.value, bytes, context);
    return Array.isArray(read.value) && (read.value.length === 0 || read.value.some(isRow))
      ? readRows(read.value, bytes, context)
      : faulty('not_conftest');
  },
};

const isRow = (row: unknown): row is JsonObject =>
  isObject(row) && typeof row.filename === 'string' && ('successes' in row || 'failures' in row || 'namespace' in row);

function readRows(rows: readonly unknown[], bytes: Buffer, context: ReadContext): Reading {
  const scope = scopeOfPlace(context.place);
  if (scope === undefined) return faulty('missing_scope');
  const evaluatedAt = context.at.toISOString();
  const owner = ownerOf(context);
  const read = rows.filter(isRow).map(row => readRow(row, { scope, owner, context }));
  const others = rows.flatMap((row, index) =>
    isRow(row) ? [] : [rejection(context, { line: index + 1, reason: 'not_a_row' })],
  );
  const common = { engine: 'conftest', scope, owner, evaluatedAt } as const;
  const reports: Report[] = [];
  const exceptions: ExceptionList[] = [];
  for (const [part, same] of Map.groupBy(read, row => row.part)) {
    const results = numbered(same.flatMap(({ instances }) => instances));
    const successes = same.reduce((sum, row) => sum + row.successes, 0);
    const report: Report = {
      ...{ ...common, completeness: 'complete', parts: [part], results, digest: digestOf(bytes, evaluatedAt, part) },
      ...(successes > 0 && { counts: [{ ...passes, part, owner, count: successes }] }),
    };
    // A row that is none may be of any package.
    const rejected = same.reduce((sum, row) => sum + row.rejections.length, others.length);
    reports.push(withRejected(report, rejected));
    exceptions.push(exceptionsOf(results, { engine: 'conftest', scope, readAt: evaluatedAt, part }));
  }
  const told = read.some(ranPolicy)
    ? { reports, exceptions }
    : // The default namespace is `main`: a run without any policy in it passes, and has looked at nothing.
      { reports: [wholeReport(context, { engine: 'conftest', bytes, scope, evaluatedAt, partial: 'no_policy_ran' })] };
  return {
    told,
    records: read.reduce((sum, { records }) => sum + records, others.length),
    rejections: [...others, ...read.flatMap(row => row.rejections.map(one => rejection(context, one)))],
  };
}

/** Rules of a package that found nothing, over all documents; conftest doesn't say which. */
const passes = { policy: '', outcome: 'pass', severity: 'unknown', enforcement: 'enforce' } as const;

const ranPolicy = ({ successes, instances }: FileRow) => successes > 0 || instances.length > 0;
