/**
 * SARIF 2.1.0 of whatever writes it. A finding is known by the tool's own fingerprint; where it has none, by its rule, its
 * file relative to what was scanned, and what it stands in or what it reads: never by a line. Where that is all the same
 * on several lines, they are numbered.
 */
import { repositorySlug } from '../../../catalog/repository.ts';
import { scopeOfPlace } from '../../../findings/place.ts';
import type { ExceptionList, Report } from '../../../findings/report.ts';
import { readJson } from '../../../formats/json.ts';
import {
  artifactScanner,
  isMisconfiguration,
  isSarif,
  readSarifValue,
  type SarifRun,
} from '../../../formats/sarif/index.ts';
import { numbered } from '../../identity.ts';
import { digestOf, evaluatedAt, faulty, ownerOf, rejection, withRejected } from '../../look.ts';
import type { ReadContext, Reading, ReportKind } from '../../reading.ts';
import { dialectOf } from './dialects.ts';
import { instanceOf } from './result.ts';
import { exceptionsOf } from './suppressions.ts';

export const sarif: ReportKind = {
  kind: 'sarif',
  accepts: name => /\.(sarif|sarif\.json|json)$/i.test(name),
  recognises: json => (isSarif(json) ? 'repository' : undefined),
  read: async (bytes, context) => {
    const read = readJson(bytes);
    if ('fault' in read) return faulty(read.fault);
    return readSarifReport(read.value, bytes, context);
  },
};

/** Also for kinds whose tool writes SARIF beside its own format. */
export async function readSarifReport(value: unknown, bytes: Buffer, context: ReadContext): Promise<Reading> {
  if (!isSarif(value)) return faulty('not_sarif');
  const all = await readSarifValue(value);
  if (typeof all === 'string') return faulty(all);
  const runs = all.flatMap(ofPolicy);
  if (runs.length === 0 && all.length > 0) return faulty('belongs_to_supply_chain');
  // Runs of one tool for one purpose are one look: a second would end what the first has found.
  const looks = Map.groupBy(runs, ({ tool, category }) => JSON.stringify([tool, category]));
  const reports: Report[] = [];
  const exceptions: ExceptionList[] = [];
  for (const same of looks.values()) {
    const look = lookOf(same, bytes, context);
    if (look === undefined) return faulty('missing_scope');
    reports.push(
      withRejected(
        look.report,
        same.reduce((sum, run) => sum + run.rejections.length, 0),
      ),
    );
    exceptions.push(look.exceptions);
  }
  return {
    told: { reports, exceptions },
    records: runs.reduce((sum, run) => sum + run.records, 0),
    rejections: runs.flatMap(run => run.rejections.map(one => rejection(context, one))),
  };
}

/** What of a run is no vulnerability, licence or secret: all of it, mostly. */
function ofPolicy(run: SarifRun): readonly SarifRun[] {
  const scanner = artifactScanner(run.tool)?.scanner;
  if (scanner === undefined) return [run];
  if (scanner !== 'trivy') return [];
  const results = run.results.filter(isMisconfiguration);
  const others = run.results.length - results.length;
  if (results.length === 0 && others > 0) return [];
  return [{ ...run, results, records: run.records - others }];
}

function lookOf(
  runs: readonly SarifRun[],
  bytes: Buffer,
  context: ReadContext,
): { readonly report: Report; readonly exceptions: ExceptionList } | undefined {
  const [first] = runs;
  const repository = runs.flatMap(one => repositorySlug(one.repository ?? '') ?? []).at(0);
  const place = { ...context.place, ...(repository === undefined ? {} : { repository }) };
  const scope = scopeOfPlace(place);
  if (first === undefined || scope === undefined) return undefined;
  const dialect = dialectOf(first.tool);
  const part = first.category === '' ? dialect.engine : `${dialect.engine} ${first.category}`;
  const at = evaluatedAt(
    runs
      .flatMap(({ endedAt }) => endedAt ?? [])
      .sort()
      .at(-1),
    context,
  );
  const owner = ownerOf({ ...context, place });
  const found = runs.flatMap(({ results }) => results);
  const results = numbered(found.map(result => instanceOf(result, dialect, { scope, part, owner, place })));
  const [completeness, reason] = completenessOf(runs, found.length);
  return {
    report: {
      ...{ engine: dialect.engine, scope, owner, evaluatedAt: at, completeness, ...(reason && { reason }) },
      ...{ parts: [part], results, digest: digestOf(bytes, at, part) },
    },
    exceptions: exceptionsOf(results, { engine: dialect.engine, scope, readAt: at, part }),
  };
}

function completenessOf(
  runs: readonly SarifRun[],
  found: number,
): readonly [Report['completeness'], string | undefined] {
  if (runs.every(({ hasResults }) => !hasResults)) return ['failed', 'no_results'];
  const failed = runs.some(({ isSuccessful }) => !isSuccessful);
  if (failed) return [found === 0 ? 'failed' : 'partial', 'execution_failed'];
  if (runs.some(({ hasResults }) => !hasResults)) return ['partial', 'no_results'];
  return runs.some(({ hasErrors }) => hasErrors) ? ['partial', 'tool_errors'] : ['complete', undefined];
}
