/**
 * GitHub's secret scanning alerts (docs.github.com/rest/secret-scanning) as answers of its REST API and as webhooks. The
 * secrets themselves are never kept. A revoked secret is remedied; any other resolution is someone's word.
 */
import { repositorySlug } from '../../../catalog/repository.ts';
import type { Rejection } from '../../../core/rejections.ts';
import { isObject, type JsonObject, objectOf, wordOf } from '../../../formats/json.ts';
import type { Found, Scan } from '../../document.ts';
import { type DocumentKind, faulty } from '../../reading.ts';
import {
  digestOf,
  evaluatedAt,
  ownerOfArtifact,
  present,
  rejection,
  repositoryArtifact,
  scansReading,
} from '../../scanned.ts';
import { repositoryOf, slugIn } from '../github-alert.ts';

export const githubSecrets: DocumentKind = {
  kind: 'github-secrets',
  accepts: name => /\.json$/i.test(name),
  recognises: ({ json }) => isForm(json) || itemsIn(json)?.some(isAlert) === true,
  read: ({ json, bytes }, context) => {
    if (json === undefined) return faulty('not_json');
    // The example of a form has YAML in it, which no webhook sends.
    if (isForm(json)) return faulty('not_json_in_form');
    const items = itemsIn(json);
    if (!items?.some(isAlert)) return faulty('not_github_secrets');
    const isOne = !Array.isArray(json);
    const placed = repositorySlug(context.place.repository ?? '');
    const outer = isObject(json) ? slugIn(json) : undefined;
    const rejections: Rejection[] = [];
    const alerts = new Map<string, { readonly item: JsonObject; readonly found: Found }[]>();
    for (const [index, item] of items.entries()) {
      const found = isAlert(item) ? foundOf(item) : 'not_an_alert';
      const name = (isObject(item) ? repositoryOf(item) : undefined) ?? outer ?? placed;
      if (typeof found === 'string' || name === undefined || !isObject(item))
        rejections.push(
          rejection(context, { line: index + 1, reason: typeof found === 'string' ? found : 'missing_subject' }),
        );
      else alerts.set(name, [...(alerts.get(name) ?? []), { item, found }]);
    }
    if (alerts.size === 0 && rejections.every(({ reason }) => reason === 'missing_subject'))
      return faulty('missing_subject');
    const isPage = items.length === 30 || items.length === 100;
    const reason = isPage ? 'one_page' : rejections.length > 0 ? 'records_rejected' : undefined;
    const scans = [...alerts].map(([name, list]): Scan => {
      const artifact = repositoryArtifact(name) ?? { kind: 'repository', name, digests: [] };
      const [first] = list;
      const scannedAt = isOne ? evaluatedAt(wordOf(first?.item.updated_at, 50), context) : context.at.toISOString();
      return {
        artifact,
        ...(isOne ? { part: `secret ${first?.item.number ?? ''}`.trim() } : {}),
        scanner: 'github_secret_scanning',
        scannedAt,
        classes: ['secret'],
        ...(reason === undefined ? { completeness: 'complete' } : { completeness: 'partial', reason }),
        found: list.map(({ found }) => found),
        digest: digestOf(bytes, scannedAt, name),
        owner: ownerOfArtifact(artifact, context),
      };
    });
    return scansReading(scans, items.length, rejections);
  },
};

const isForm = (json: unknown): boolean =>
  isObject(json) && Object.keys(json).length === 1 && /secret[-_]scanning/.test(wordOf(json.payload, 100_000) ?? '');

const isAlert = (value: unknown): value is JsonObject => isObject(value) && typeof value.secret_type === 'string';

function itemsIn(json: unknown): readonly unknown[] | undefined {
  if (Array.isArray(json)) return json.some(Array.isArray) ? json.flat(1) : json;
  if (!isObject(json)) return undefined;
  return [isObject(json.alert) ? json.alert : json];
}

function foundOf(item: JsonObject): Found | string {
  const id = wordOf(item.secret_type, 200);
  if (id === undefined) return 'missing_secret_type';
  const { path, start_line: line } = objectOf(item.first_location_detected);
  const file = wordOf(path, 1000)?.replace(/^\/+/, '') ?? '';
  const resolvedAt = wordOf(item.resolved_at, 50);
  const resolution = wordOf(item.resolution, 50);
  const isResolved = item.state === 'resolved' || resolution !== undefined;
  if (isResolved && resolution === 'revoked' && Number.isNaN(Date.parse(resolvedAt ?? ''))) return 'missing_fixed_time';
  return {
    class: 'secret',
    id,
    package: file,
    version: '',
    // GitHub grades none.
    severity: 'unknown',
    originalSeverity: '',
    fix: 'unknown',
    ...present({
      title: wordOf(item.secret_type_display_name, 300),
      url: wordOf(item.html_url, 1000),
      location: file === '' ? undefined : typeof line === 'number' && line > 0 ? `${file}:${line}` : file,
      firstSeenAt: wordOf(item.created_at, 50),
      fixedAt: isResolved && resolution === 'revoked' ? resolvedAt : undefined,
    }),
    ...(isResolved && resolution !== 'revoked'
      ? {
          suppressed: {
            by: 'dismissal',
            ...present({
              reason: resolution,
              approvedBy: wordOf(objectOf(item.resolved_by).login, 100),
              createdAt: resolvedAt,
            }),
          },
        }
      : {}),
  };
}
