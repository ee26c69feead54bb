/**
 * GitHub's Dependabot alerts as documents: answers of its REST API (an alert, a list of a repository, an organisation or an
 * enterprise), of GraphQL's `vulnerabilityAlerts`, and webhooks as they were posted. What else GitHub tells of security
 * is refused by name.
 */
import { repositorySlug } from '../../../catalog/repository.ts';
import { breather } from '../../../core/breathe.ts';
import type { Rejection } from '../../../core/rejections.ts';
import { isObject } from '../../../formats/json.ts';
import type { Scan } from '../../document.ts';
import { addTo } from '../../grouped.ts';
import { digestOfDocument } from '../../raw.ts';
import { type DocumentKind, faulty, type ReadContext, type Reading } from '../../reading.ts';
import { digestOf, evaluatedAt, ownerOfArtifact, rejection, repositoryArtifact, scansReading } from '../../scanned.ts';
import { slimValue, without } from '../../slim.ts';
import { slugIn } from '../github-alert.ts';
import { type Alert, alertOf, isAlert } from './alert.ts';
import { fromGraphql, fromOldWebhook, type GraphqlList, graphqlLists, isOldWebhook } from './older.ts';
import { otherAnswer } from './others.ts';

export const dependabot: DocumentKind = {
  kind: 'dependabot',
  accepts: name => /\.json$/i.test(name),
  isLarge: true,
  recognises: ({ json }) =>
    alertsIn(json) !== undefined || graphqlLists(json).length > 0 || otherAnswer(json) !== undefined,
  read: async (document, context) => {
    if (document.json === undefined && document.outline === undefined) return faulty('not_json');
    // An advisory's description is most of an alert.
    const read = await slimValue(document, { '': slimAlert });
    if ('fault' in read) return faulty(read.fault);
    const json = read.value;
    const lists = graphqlLists(json);
    const told = lists.length > 0 ? fromLists(lists, placedIn(context)) : alertsIn(json);
    if (told !== undefined)
      return readAlerts(told, await digestOfDocument(document, context.at.toISOString()), context);
    return faulty(otherAnswer(json) ?? (Array.isArray(json) && json.length === 0 ? 'empty' : 'not_dependabot'));
  },
};

const slimAlert = (alert: unknown): unknown =>
  isObject(alert) && isObject(alert.security_advisory)
    ? { ...alert, security_advisory: without('description', 'references')(alert.security_advisory) }
    : alert;

interface Told {
  readonly items: readonly { readonly item: unknown; readonly repository?: string }[];
  /** Repositories that are told of as a whole, though nothing may be found in them. */
  readonly repositories: readonly string[];
  /** `whole`: what isn't listed isn't there. `one`: the alert alone, of all there are. */
  readonly extent: 'whole' | 'page' | 'one';
}

/** Undefined for what has no alerts. Pages that were joined are lists in a list. */
function alertsIn(json: unknown): Told | undefined {
  if (Array.isArray(json)) {
    const items: readonly unknown[] = json.some(Array.isArray) ? json.flat(1) : json;
    if (!items.some(isAlert)) return undefined;
    // Of a list that is as long as a page nobody knows whether it is all there is.
    const isPage = json === items && (items.length === 30 || items.length === 100);
    return { items: items.map(item => ({ item })), repositories: [], extent: isPage ? 'page' : 'whole' };
  }
  if (!isObject(json)) return undefined;
  const repository = slugIn(json);
  const named = repository === undefined ? {} : { repository };
  if (isAlert(json)) return { items: [{ item: json }], repositories: [], extent: 'one' };
  if (isAlert(json.alert)) return { items: [{ item: json.alert, ...named }], repositories: [], extent: 'one' };
  if (isOldWebhook(json)) return { items: [{ item: fromOldWebhook(json), ...named }], repositories: [], extent: 'one' };
  return undefined;
}

/** A list that names no owner is of the place where it is the only one, else it is called what it says. */
function fromLists(lists: readonly GraphqlList[], placed: string): Told {
  const named = lists.map(({ repository, name, nodes, isCut }) => ({
    repository: repository || (lists.length === 1 ? placed : '') || name,
    nodes,
    isCut,
  }));
  return {
    items: named.flatMap(({ repository, nodes }) =>
      nodes.map(node => ({ item: fromGraphql(node), ...(repository === '' ? {} : { repository }) })),
    ),
    repositories: named.map(({ repository }) => repository),
    extent: named.some(({ isCut }) => isCut) ? 'page' : 'whole',
  };
}

const placedIn = ({ place }: ReadContext): string => repositorySlug(place.repository ?? '') ?? '';

async function readAlerts(told: Told, identity: string, context: ReadContext): Promise<Reading> {
  const breathe = breather();
  const placed = placedIn(context);
  const rejections: Rejection[] = [];
  const alerts = new Map<string, Alert[]>();
  for (const name of told.repositories) if ((name || placed) !== '') alerts.set(name || placed, []);
  for (const [index, { item, repository }] of told.items.entries()) {
    if (breathe.due()) await breathe.now();
    const one = isObject(item) ? alertOf(item, repository) : 'not_an_alert';
    const name = typeof one === 'string' ? '' : one.repository || placed;
    if (typeof one === 'string' || name === '')
      rejections.push(
        rejection(context, { line: index + 1, reason: typeof one === 'string' ? one : 'missing_subject' }),
      );
    else addTo(alerts, name, [one]);
  }
  const isNameless = alerts.size === 0 && rejections.every(({ reason }) => reason === 'missing_subject');
  if (isNameless) return faulty('missing_subject');
  const scans = [...alerts].map(([name, list]) => scanOf(name, list, { told, identity, context, rejections }));
  return scansReading(scans, told.items.length, rejections);
}

interface ScanOptions {
  readonly told: Told;
  /** The digest of the document. */
  readonly identity: string;
  readonly context: ReadContext;
  readonly rejections: readonly Rejection[];
}

function scanOf(name: string, alerts: readonly Alert[], { told, identity, context, rejections }: ScanOptions): Scan {
  const artifact = repositoryArtifact(name) ?? { kind: 'repository', name, digests: [] };
  const [first] = alerts;
  const isOne = told.extent === 'one' && first !== undefined;
  const scannedAt = isOne ? evaluatedAt(first.updatedAt, context) : context.at.toISOString();
  const reason = told.extent === 'page' ? 'one_page' : rejections.length > 0 ? 'records_rejected' : undefined;
  return {
    artifact,
    // One alert is told of by itself, and stands until it is told of again.
    ...(isOne ? { part: `alert ${first.number || first.found.id}` } : {}),
    scanner: 'dependabot',
    scannedAt,
    classes: ['vulnerability'],
    ...(reason === undefined ? { completeness: 'complete' } : { completeness: 'partial', reason }),
    found: standing(alerts),
    digest: digestOf(Buffer.from(identity), scannedAt, name),
    owner: ownerOfArtifact(artifact, context),
  };
}

/** Of a package in several manifests an alert may be fixed while another is open: the finding is still there. */
export function standing(alerts: readonly Alert[]): Scan['found'] {
  const keyOf = ({ found }: Alert) => `${found.id}\n${found.package}`;
  const open = new Set(alerts.filter(({ found }) => found.fixedAt === undefined).map(keyOf));
  return alerts.filter(one => one.found.fixedAt === undefined || !open.has(keyOf(one))).map(({ found }) => found);
}
