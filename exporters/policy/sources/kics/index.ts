/** KICS' reports: what `kics scan --report-formats json` writes. A finding is known by its query and what it searched for. */
import { scopeOfPlace } from '../../../findings/place.ts';
import { isObject, type JsonObject, listOf, objectOf, readJson, wordOf } from '../../../formats/json.ts';
import { relativePath } from '../../../formats/sarif/index.ts';
import type { Instance } from '../../identity.ts';
import { evaluatedAt, faulty, ownerOf, rejection, wholeReport, withRejected } from '../../look.ts';
import type { ReadContext, ReportKind } from '../../reading.ts';
import { severityOf } from '../../severity.ts';

export const kics: ReportKind = {
  kind: 'kics',
  accepts: name => /\.json$/i.test(name),
  recognises: json => (isKics(objectOf(json)) ? 'repository' : undefined),
  read: (bytes, context) => {
    const read = readJson(bytes);
    if ('fault' in read) return faulty(read.fault);
    const report = objectOf(read.value);
    if (!isKics(report)) return faulty('not_kics');
    const scope = scopeOfPlace(context.place);
    if (scope === undefined) return faulty('missing_scope');
    const found = listOf(report.queries).flatMap(query =>
      isObject(query)
        ? listOf(query.files).map(file => instanceOf(query, objectOf(file), scope, context))
        : ['not_a_query'],
    );
    const rejections = found.flatMap((one, index) =>
      typeof one === 'string' ? [rejection(context, { line: index + 1, reason: one })] : [],
    );
    const whole = wholeReport(context, {
      ...{ engine: 'kics', bytes, scope, evaluatedAt: evaluatedAt(wordOf(report.end), context) },
      instances: found.filter(one => typeof one !== 'string'),
      partial: partOf(report),
    });
    return { told: { reports: [withRejected(whole, rejections.length)] }, records: found.length, rejections };
  },
};

const isKics = (report: JsonObject): boolean => 'queries_total' in report || 'files_scanned' in report;

const isSome = (value: unknown) => typeof value === 'number' && value > 0;

function partOf(report: JsonObject): string | undefined {
  if (isSome(report.queries_failed_to_execute)) return 'queries_failed';
  if (isSome(report.files_failed_to_scan)) return 'files_failed';
  return report.files_scanned === 0 ? 'nothing_checked' : undefined;
}

function instanceOf(query: JsonObject, file: JsonObject, scope: string, context: ReadContext): Instance | string {
  const policy = wordOf(query.query_id, 200);
  if (policy === undefined) return 'missing_query';
  const path = relativePath(wordOf(file.file_name) ?? '');
  const named = [wordOf(file.resource_type, 200), wordOf(file.resource_name, 300)];
  const key = wordOf(file.search_key, 500);
  const resource = named.every(word => word !== undefined && word !== 'n/a') ? named.join('.') : undefined;
  const severity = wordOf(query.severity, 50);
  const [title, message, url] = [wordOf(query.query_name, 300), wordOf(file.actual_value), wordOf(query.query_url)];
  return {
    result: {
      policy,
      ...(title === undefined ? {} : { title }),
      // What it searched for tells several in one resource apart.
      resource: `${scope}/${[resource, key ?? path].filter(word => word !== undefined && word !== '').join('#')}`,
      ...{ outcome: 'fail', severity: severityOf(severity), originalSeverity: severity ?? '' },
      ...{ enforcement: context.place.enforcement ?? 'audit', owner: ownerOf(context) },
      ...(message === undefined ? {} : { message }),
      ...(path === '' ? {} : { location: `${path}${typeof file.line === 'number' ? `:${file.line}` : ''}` }),
      ...(url === undefined ? {} : { url }),
    },
    place: path,
  };
}
