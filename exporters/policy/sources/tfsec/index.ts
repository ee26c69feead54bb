/** tfsec's reports: what `tfsec --format json` writes, of the versions with `long_id`, with `legacy_rule_id`, and before. */
import { scopeOfPlace } from '../../../findings/place.ts';
import type { Outcome } from '../../../findings/report.ts';
import { isObject, type JsonObject, listOf, objectOf, readJson, wordOf } from '../../../formats/json.ts';
import { relativePath } from '../../../formats/sarif/index.ts';
import type { Instance } from '../../identity.ts';
import { faulty, ownerOf, rejection, wholeReport, withRejected } from '../../look.ts';
import type { ReadContext, ReportKind } from '../../reading.ts';
import { severityOf } from '../../severity.ts';
import { subjectOf } from '../../subject.ts';

export const tfsec: ReportKind = {
  kind: 'tfsec',
  accepts: name => /\.json$/i.test(name),
  // Where nothing was found its only key is `results`; others have more beside it.
  recognises: json =>
    isTfsec(json) && (listOf(json.results).length > 0 || Object.keys(json).length === 1) ? 'repository' : undefined,
  read: (bytes, context) => {
    const read = readJson(bytes);
    if ('fault' in read) return faulty(read.fault);
    if (!isTfsec(read.value)) return faulty('not_tfsec');
    const scope = scopeOfPlace(context.place);
    if (scope === undefined) return faulty('missing_scope');
    const results = listOf(read.value.results).map(item =>
      isObject(item) ? instanceOf(item, scope, context) : 'not_a_result',
    );
    const instances = results.filter(one => typeof one !== 'string');
    const rejections = results.flatMap((one, index) =>
      typeof one === 'string' ? [rejection(context, { line: index + 1, reason: one })] : [],
    );
    const evaluatedAt = context.at.toISOString();
    const report = wholeReport(context, { engine: 'tfsec', bytes, scope, evaluatedAt, instances });
    return { told: { reports: [withRejected(report, rejections.length)] }, records: results.length, rejections };
  },
};

/** Others have `results` too. */
const isTfsec = (value: unknown): value is JsonObject =>
  isObject(value) &&
  'results' in value &&
  (value.results === null ||
    (Array.isArray(value.results) && (value.results.length === 0 || value.results.some(isResult))));

const isResult = (one: unknown) => isObject(one) && ('rule_id' in one || 'rule_description' in one || 'long_id' in one);

function instanceOf(result: JsonObject, scope: string, context: ReadContext): Instance | string {
  const policy = wordOf(result.long_id, 200) ?? wordOf(result.rule_id, 200);
  if (policy === undefined) return 'missing_rule';
  const location = objectOf(result.location);
  const file = relativePath(wordOf(location.filename) ?? '');
  const message = wordOf(result.description);
  const title = wordOf(result.rule_description, 300);
  const resource = wordOf(result.resource, 500) ?? /^\w+ '([^']+)'/.exec(message ?? '')?.[1] ?? subjectOf(message);
  const severity = wordOf(result.severity, 50);
  const url = wordOf(listOf(result.links)[0]) ?? /https?:\/\/\S+/.exec(wordOf(result.link) ?? '')?.[0];
  return {
    result: {
      policy,
      ...(title === undefined ? {} : { title }),
      resource: `${scope}/${resource === '' ? file : resource}`,
      ...{ outcome: outcomeOf(result), severity: severityOf(severity), originalSeverity: severity ?? '' },
      ...{ enforcement: context.place.enforcement ?? 'audit', owner: ownerOf(context) },
      ...(message === undefined ? {} : { message }),
      ...(file === ''
        ? {}
        : { location: `${file}${typeof location.start_line === 'number' ? `:${location.start_line}` : ''}` }),
      ...(url === undefined ? {} : { url }),
    },
    place: file,
  };
}

/** Passed and ignored ones are there where it was asked for them; the last versions write numbers. */
function outcomeOf({ status, passed }: JsonObject): Outcome {
  if (status === 'passed' || status === 1 || passed === true) return 'pass';
  return status === 'ignored' || status === 2 ? 'excepted' : 'fail';
}
