/** Terrascan's reports: what `terrascan scan -o json` writes. */
import { scopeOfPlace } from '../../../findings/place.ts';
import type { Outcome, ResultCount } from '../../../findings/report.ts';
import { isObject, type JsonObject, listOf, objectOf, readJson, wordOf } from '../../../formats/json.ts';
import { relativePath } from '../../../formats/sarif/index.ts';
import type { Instance } from '../../identity.ts';
import { evaluatedAt, faulty, ownerOf, rejection, wholeReport, withRejected } from '../../look.ts';
import type { ReadContext, Reading, ReportKind } from '../../reading.ts';
import { severityOf } from '../../severity.ts';
import { exceptionsOf } from '../sarif/suppressions.ts';

export const terrascan: ReportKind = {
  kind: 'terrascan',
  accepts: name => /\.json$/i.test(name),
  recognises: json => (isTerrascan(objectOf(objectOf(json).results)) ? 'repository' : undefined),
  read: (bytes, context) => {
    const read = readJson(bytes);
    if ('fault' in read) return faulty(read.fault);
    const results = objectOf(objectOf(read.value).results);
    if (!isTerrascan(results)) return faulty('not_terrascan');
    return readResults(results, bytes, context);
  },
};

const isTerrascan = (results: JsonObject): boolean => 'violations' in results || 'scan_summary' in results;

const lists = [
  ['violations', 'fail'],
  ['skipped_violations', 'excepted'],
] as const satisfies readonly (readonly [string, Outcome])[];

function readResults(results: JsonObject, bytes: Buffer, context: ReadContext): Reading {
  const scope = scopeOfPlace(context.place);
  if (scope === undefined) return faulty('missing_scope');
  const instances: Instance[] = [];
  const rejections: Reading['rejections'][number][] = [];
  let records = 0;
  for (const [list, outcome] of lists)
    for (const [index, item] of listOf(results[list]).entries()) {
      records += 1;
      const read = isObject(item) ? instanceOf(item, outcome, scope, context) : 'not_a_violation';
      if (typeof read !== 'string') instances.push(read);
      else rejections.push(rejection(context, { line: index + 1, reason: read, field: list }));
    }
  const said = wordOf(objectOf(results.scan_summary).scanned_at)
    ?.replace(/ \+0000 UTC$/, 'Z')
    .replace(' ', 'T');
  const at = evaluatedAt(said, context);
  const partial = listOf(results.scan_errors).some(isRealError) ? 'scan_errors' : undefined;
  const report = wholeReport(context, {
    ...{ engine: 'terrascan', bytes, scope, evaluatedAt: at, instances, partial },
    counts: listOf(results.passed_rules).flatMap(rule => passOf(objectOf(rule), context)),
  });
  const exceptions = exceptionsOf(report.results, { engine: 'terrascan', scope, readAt: at, part: 'terrascan' });
  return {
    told: { reports: [withRejected(report, rejections.length)], exceptions: [exceptions] },
    records,
    rejections,
  };
}

/** It tries every kind of code that there is, and tells of those that there are no files of. */
const isRealError = (error: unknown): boolean =>
  !/not found in the directory|no helm charts found|no .*files? found|has no .* files/i.test(
    wordOf(objectOf(error).errMsg) ?? '',
  );

function passOf(rule: JsonObject, context: ReadContext): ResultCount[] {
  const policy = wordOf(rule.rule_id, 200);
  if (policy === undefined) return [];
  const enforcement = context.place.enforcement ?? 'audit';
  const severity = severityOf(wordOf(rule.severity, 50));
  return [{ policy, outcome: 'pass', severity, enforcement, owner: ownerOf(context), count: 1 }];
}

function instanceOf(violation: JsonObject, outcome: Outcome, scope: string, context: ReadContext): Instance | string {
  const policy = wordOf(violation.rule_id, 200);
  if (policy === undefined) return 'missing_rule';
  const file = relativePath(wordOf(violation.file) ?? '');
  const names = [wordOf(violation.resource_type, 200), wordOf(violation.resource_name, 300)].flatMap(
    name => name ?? [],
  );
  const severity = wordOf(violation.severity, 50);
  const title = wordOf(violation.rule_name, 300);
  const message = outcome === 'excepted' ? wordOf(violation.skip_comment) : wordOf(violation.description);
  return {
    result: {
      policy,
      ...(title === undefined ? {} : { title }),
      resource: `${scope}/${names.length === 0 ? file : names.join('.')}`,
      ...{ outcome, severity: severityOf(severity), originalSeverity: severity ?? '' },
      ...{ enforcement: context.place.enforcement ?? 'audit', owner: ownerOf(context) },
      ...(message === undefined ? {} : { message }),
      ...(file === '' ? {} : { location: `${file}${typeof violation.line === 'number' ? `:${violation.line}` : ''}` }),
    },
    place: file,
  };
}
