/**
 * Snyk's report of infrastructure as code: what `snyk iac test --json` writes, an object for one file and a list for several;
 * and issues of code of the REST API, where `snyk code test` writes SARIF. Its vulnerabilities of packages are the supply
 * chain's (POST /ingest/supply-chain/snyk).
 */
import { scopeOfPlace } from '../../../findings/place.ts';
import type { Report, Result } from '../../../findings/report.ts';
import { isObject, type JsonObject, listOf, objectOf, readJson, wordOf } from '../../../formats/json.ts';
import { relativePath } from '../../../formats/sarif/index.ts';
import type { Instance } from '../../identity.ts';
import { digestOf, faulty, ownerOf, rejection, wholeReport, withRejected } from '../../look.ts';
import type { ReadContext, Reading, ReportKind } from '../../reading.ts';
import { severityOf } from '../../severity.ts';

export const snyk: ReportKind = {
  kind: 'snyk',
  accepts: name => /\.json$/i.test(name),
  recognises: json => {
    const isCode = isObject(json) && listOf(json.data).some(isCodeIssue);
    return isCode || filesIn(json).some(file => isChecked(file) || isOfPackages(file)) ? 'repository' : undefined;
  },
  read: (bytes, context) => {
    const read = readJson(bytes);
    if ('fault' in read) return faulty(read.fault);
    if (isObject(read.value) && Array.isArray(read.value.data)) return codeIssues(read.value.data, bytes, context);
    const files = filesIn(read.value);
    if (!files.some(isChecked)) return faulty(files.some(isOfPackages) ? 'belongs_to_supply_chain' : 'not_snyk');
    const scope = scopeOfPlace(context.place);
    if (scope === undefined) return faulty('missing_scope');
    const results = files.flatMap((file): readonly (Instance | string)[] => {
      if (!isChecked(file)) return [isObject(file) && 'error' in file ? 'scan_error' : 'not_a_file'];
      return listOf(file.infrastructureAsCodeIssues).map(one =>
        isObject(one) ? instanceOf(one, file, { scope, context }) : 'not_an_issue',
      );
    });
    const instances = results.filter(one => typeof one !== 'string');
    const rejections = results.flatMap((one, index) =>
      typeof one === 'string' ? [rejection(context, { line: index + 1, reason: one })] : [],
    );
    const evaluatedAt = context.at.toISOString();
    const report = wholeReport(context, { engine: 'snyk', bytes, scope, evaluatedAt, instances });
    return { told: { reports: [withRejected(report, rejections.length)] }, records: results.length, rejections };
  },
};

/**
 * Issues of the REST API that are of code, page by page: each is looked at by itself, and known by its own id. They name no
 * rule; the title is what it is about, and the same for all of its kind.
 */
function codeIssues(issues: readonly unknown[], bytes: Buffer, context: ReadContext): Reading {
  const code = issues.filter(isCodeIssue);
  if (code.length === 0) return faulty('belongs_to_supply_chain');
  const scope = scopeOfPlace(context.place);
  if (scope === undefined) return faulty('missing_scope');
  const evaluatedAt = context.at.toISOString();
  const results = code.flatMap(({ id, attributes }): readonly Result[] => {
    const [policy, part] = [wordOf(attributes.title, 200), wordOf(id, 100)];
    if (policy === undefined || part === undefined) return [];
    const [representation] = listOf(objectOf(listOf(attributes.coordinates)[0]).representations);
    const path = relativePath(wordOf(objectOf(objectOf(representation).sourceLocation).file) ?? '');
    const severity = wordOf(attributes.effective_severity_level, 50);
    const isResolved = attributes.status === 'resolved';
    return [
      {
        ...{ policy, part, resource: path === '' ? scope : `${scope}/${path}` },
        outcome: isResolved ? 'pass' : attributes.ignored === true ? 'excepted' : 'fail',
        ...{ severity: severityOf(severity), originalSeverity: severity ?? '', owner: ownerOf(context) },
        enforcement: context.place.enforcement ?? 'audit',
        ...(path === '' ? {} : { location: path }),
      },
    ];
  });
  const parts = results.map(({ part = '' }) => part);
  const rejections = code.length > results.length ? [rejection(context, { reason: 'missing_rule' })] : [];
  const report: Report = {
    ...{ engine: 'snyk_code', scope, owner: ownerOf(context), evaluatedAt, completeness: 'complete', parts, results },
    digest: digestOf(bytes, evaluatedAt, 'code'),
  };
  return { told: { reports: [report] }, records: code.length, rejections };
}

interface CodeIssue {
  readonly id?: unknown;
  readonly attributes: JsonObject;
}

const isCodeIssue = (issue: unknown): issue is CodeIssue =>
  isObject(issue) && isObject(issue.attributes) && issue.attributes.type === 'code';

const filesIn = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : [value]);

/** A file without issues has an empty list. */
const isChecked = (file: unknown): file is JsonObject =>
  isObject(file) && Array.isArray(file.infrastructureAsCodeIssues);

const isOfPackages = (file: unknown): boolean => isObject(file) && Array.isArray(file.vulnerabilities);

interface Within {
  readonly scope: string;
  readonly context: ReadContext;
}

function instanceOf(issue: JsonObject, file: JsonObject, { scope, context }: Within): Instance | string {
  const policy = wordOf(issue.publicId, 200) ?? wordOf(issue.id, 200);
  if (policy === undefined) return 'missing_rule';
  const target = relativePath(wordOf(file.targetFile) ?? '');
  // `resource.aws_redshift_cluster[denied2].logging`
  const resource = wordOf(issue.msg, 500) ?? listOf(issue.path).join('.');
  const severity = wordOf(issue.severity, 50);
  const [title, message, url] = [wordOf(issue.title, 300), wordOf(issue.issue), wordOf(issue.documentation)];
  const line = typeof issue.lineNumber === 'number' && issue.lineNumber > 0 ? `:${issue.lineNumber}` : '';
  return {
    result: {
      ...{ policy, resource: `${scope}/${resource === '' ? target : resource}` },
      ...{ outcome: issue.isIgnored === true ? 'excepted' : 'fail', severity: severityOf(severity) },
      ...{ originalSeverity: severity ?? '', owner: ownerOf(context) },
      enforcement: context.place.enforcement ?? 'audit',
      ...(title === undefined ? {} : { title }),
      ...(message === undefined ? {} : { message }),
      ...(target === '' ? {} : { location: `${target}${line}` }),
      ...(url === undefined ? {} : { url }),
    },
    place: target,
  };
}
