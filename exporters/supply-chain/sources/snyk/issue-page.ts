/** Pages of issues of Snyk's REST API, as files and posts: a page with another after it is not all there is. */
import { breather } from '../../../core/breathe.ts';
import type { Rejection } from '../../../core/rejections.ts';
import { isObject, type JsonObject, listOf, objectOf } from '../../../formats/json.ts';
import type { Found, Scan } from '../../document.ts';
import { faulty, type ReadContext, type Reading } from '../../reading.ts';
import { digestOf, ownerOfArtifact, placeArtifact, rejection, scansReading } from '../../scanned.ts';
import { issueOf } from './issue.ts';

export function isIssuePage(json: unknown): json is JsonObject {
  if (!isObject(json) || !isObject(json.jsonapi) || !Array.isArray(json.data)) return false;
  const [first] = json.data as readonly unknown[];
  return first === undefined || objectOf(first).type === 'issue';
}

/** Each project is a part of what the place names; issues that name no project are of all of it. */
export async function readIssuePage(page: JsonObject, bytes: Buffer, context: ReadContext): Promise<Reading> {
  const issues = listOf(page.data);
  const breathe = breather();
  const rejections: Rejection[] = [];
  const found = new Map<string, Found[]>();
  for (const [index, item] of issues.entries()) {
    if (breathe.due()) await breathe.now();
    const one = issueOf(item, { typeOf: () => '' });
    if (typeof one === 'string') rejections.push(rejection(context, { line: index + 1, reason: one }));
    else found.set(one.project, [...(found.get(one.project) ?? []), ...one.found]);
  }
  if (issues.length > 0 && rejections.every(({ reason }) => reason === 'belongs_to_policy') && found.size === 0)
    return faulty('belongs_to_policy');
  const artifact = placeArtifact(context.place);
  if (artifact === undefined) return faulty('missing_subject');
  const at = context.at.toISOString();
  const { next, prev } = objectOf(page.links);
  const broken = rejections.filter(({ reason }) => reason !== 'belongs_to_policy').length;
  // An empty page doesn't say what it was asked for.
  const reason =
    next || prev ? 'one_page' : broken > 0 ? 'records_rejected' : issues.length === 0 ? 'query_unknown' : undefined;
  if (found.size === 0) found.set('', []);
  const scans = [...found].map(
    ([project, list]): Scan => ({
      artifact,
      ...(project === '' ? {} : { part: project }),
      scanner: 'snyk',
      scannedAt: at,
      classes: ['vulnerability', 'license'],
      ...(reason === undefined ? { completeness: 'complete' } : { completeness: 'partial', reason }),
      found: list,
      digest: digestOf(bytes, at, project),
      owner: ownerOfArtifact(artifact, context),
    }),
  );
  return scansReading(scans, issues.length, rejections);
}
