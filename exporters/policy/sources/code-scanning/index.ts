/**
 * GitHub's code scanning alerts: a list or one of the REST API, webhooks of `code_scanning_alert`. Each alert is looked at by
 * itself: what a document doesn't name stands. The SARIF that they come from says the same, and all at once. Source: "REST
 * API endpoints for code scanning".
 */
import { repositorySlug } from '../../../catalog/repository.ts';
import type { Rejection } from '../../../core/rejections.ts';
import { scopeOfPlace } from '../../../findings/place.ts';
import type { Outcome, Report, Result } from '../../../findings/report.ts';
import { isObject, type JsonObject, objectOf, readJson, wordOf } from '../../../formats/json.ts';
import { relativePath } from '../../../formats/sarif/index.ts';
import { digestOf, faulty, ownerOf, rejection } from '../../look.ts';
import type { ReadContext, ReportKind } from '../../reading.ts';
import { severityOf } from '../../severity.ts';
import { dialectOf } from '../sarif/dialects.ts';

const outcomes: Readonly<Record<string, Outcome>> = {
  ...({ open: 'fail', reopened: 'fail', fixed: 'pass', closed: 'pass' } as const),
  ...({ dismissed: 'excepted', auto_dismissed: 'excepted' } as const),
};

export const codeScanning: ReportKind = {
  kind: 'code-scanning',
  accepts: name => /\.json$/i.test(name),
  recognises: json =>
    documentsIn(json).some(document => isAlert(document) || isInstance(document)) ? 'repository' : undefined,
  read: (bytes, context) => {
    const read = readJson(bytes);
    if ('fault' in read) return faulty(read.fault);
    const documents = documentsIn(read.value);
    if (!documents.some(isAlert))
      return faulty(documents.some(isInstance) ? 'instances_without_alert' : 'not_code_scanning');
    const told: { readonly engine: string; readonly scope: string; readonly result: Result }[] = [];
    const rejections: Rejection[] = [];
    for (const [index, document] of documents.entries()) {
      const one = isAlert(document) ? resultOf(document, context) : 'not_an_alert';
      if (typeof one === 'string') rejections.push(rejection(context, { line: index + 1, reason: one }));
      else if (one !== undefined) told.push(one);
    }
    const evaluatedAt = context.at.toISOString();
    const reports = [...Map.groupBy(told, ({ engine, scope }) => JSON.stringify([engine, scope])).values()].map(
      (same): Report => {
        const [{ engine, scope }] = same as [(typeof same)[number]];
        const results = same.map(({ result }) => result);
        const parts = [...new Set(results.map(({ part = '' }) => part))];
        return {
          ...{ engine, scope, owner: results[0]!.owner, evaluatedAt, completeness: 'complete', parts, results },
          digest: digestOf(bytes, evaluatedAt, parts.join()),
        };
      },
    );
    return { told: { reports }, records: documents.length, rejections };
  },
};

const documentsIn = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : [value]);

/** The alert itself, or a webhook that tells of one. */
const alertIn = (document: JsonObject): JsonObject => (isObject(document.alert) ? document.alert : document);

const isAlert = (document: unknown): document is JsonObject => {
  if (!isObject(document)) return false;
  const alert = alertIn(document);
  return isObject(alert.rule) && isObject(alert.tool) && 'state' in alert;
};

const isInstance = (document: unknown): boolean =>
  isObject(document) && typeof document.analysis_key === 'string' && isObject(document.location);

/** A reason where it can't be read; undefined where it is of a pull request, whose code runs nowhere yet. */
function resultOf(document: JsonObject, context: ReadContext) {
  const alert = alertIn(document);
  const rule = objectOf(alert.rule);
  const policy = wordOf(rule.id, 200);
  if (policy === undefined) return 'missing_rule';
  const outcome = outcomes[wordOf(alert.state, 50) ?? ''];
  if (outcome === undefined) return 'unknown_state';
  const instance = objectOf(alert.most_recent_instance);
  if (/^refs\/pull\//.test(wordOf(instance.ref) ?? '')) return undefined;
  const repository = context.place.repository ?? repositoryOf(document, alert);
  const scope = scopeOfPlace({ ...context.place, ...(repository === undefined ? {} : { repository }) });
  if (scope === undefined) return 'missing_scope';
  const owner = ownerOf(context, repository === undefined ? {} : { repository });
  const severity = wordOf(rule.security_severity_level, 50) ?? wordOf(rule.severity, 50);
  const [title, message, url] = [wordOf(rule.description, 300), objectOf(instance.message), wordOf(alert.html_url)];
  const said = wordOf(message.text);
  const location = objectOf(instance.location);
  const path = relativePath(wordOf(location.path) ?? '');
  const line = typeof location.start_line === 'number' && location.start_line > 0 ? `:${location.start_line}` : '';
  const firstSeenAt = wordOf(alert.created_at, 50);
  const result: Result = {
    ...{ policy, resource: path === '' ? scope : `${scope}/${path}`, part: `alert ${String(alert.number ?? '')}` },
    ...{ outcome, severity: severityOf(severity), originalSeverity: severity ?? '', owner },
    enforcement: context.place.enforcement ?? 'audit',
    ...(title === undefined ? {} : { title }),
    ...(said === undefined ? {} : { message: said }),
    ...(path === '' ? {} : { location: `${path}${line}` }),
    ...(url === undefined ? {} : { url }),
    ...(firstSeenAt === undefined || Number.isNaN(Date.parse(firstSeenAt)) ? {} : { firstSeenAt }),
  };
  return { engine: dialectOf(wordOf(objectOf(alert.tool).name, 100) ?? 'code scanning').engine, scope, result };
}

/** The repository that the document says it is of. */
function repositoryOf(document: JsonObject, alert: JsonObject): string | undefined {
  const named =
    wordOf(objectOf(document.repository).full_name) ??
    wordOf(objectOf(alert.repository).full_name) ??
    /\/repos\/([^/]+\/[^/]+)\/code-scanning\//.exec(wordOf(alert.url) ?? '')?.[1];
  return named === undefined ? undefined : repositorySlug(named);
}
