/**
 * Snyk by its REST API: all issues of each organisation with the dates of their life, by project. A project is a part of the
 * repository or image that it is of. Organisation by organisation: what one refuses holds nothing else up.
 */
import { breather } from '../../../core/breathe.ts';
import { keepRejections, type Rejection } from '../../../core/rejections.ts';
import type { Batch, PullSource, SourceContext } from '../../../core/source.ts';
import { isObject, wordOf } from '../../../formats/json.ts';
import { type SnykClient, type SnykOptions, snykClient } from '../../../vendors/snyk/client.ts';
import { PlumblineError } from '../../../vendors/snyk/errors.ts';
import type { Found, Scan } from '../../document.ts';
import { digestOf, ownerOfArtifact } from '../../scanned.ts';
import { storeHeard } from '../../store.ts';
import { issueOf } from '../snyk/issue.ts';
import type { SnykApiConfig } from './config.ts';
import { type Project, projectOf } from './project.ts';

interface Cursor {
  /** When each organisation was last read: the one that has waited longest comes first. */
  readonly readAt: Readonly<Record<string, string>>;
}

/** Errors of a refresh: those of the client, after the organisations that could be read. */
export function snykApiSource(config: SnykApiConfig, options: SnykOptions = {}): PullSource {
  const { name, every, stale } = config;
  return {
    kind: 'pull',
    name,
    everySeconds: every,
    plan: async () => ({
      requests: Math.max(1, config.orgs.length) * 2,
      text: `projects and issues of ${config.orgs.length === 0 ? 'each organisation' : `${config.orgs.length} organisations`} of Snyk, 100 a request, every ${every} s`,
    }),
    batches: async function* (context, before) {
      const client = snykClient(config, { ...context, now: () => context.now().getTime() }, options);
      const orgs = config.orgs.length > 0 ? config.orgs : await orgsOf(client);
      const { readAt = {} } = (before ?? {}) as Partial<Cursor>;
      const known = new Map(Object.entries(readAt).filter(([org]) => orgs.includes(org)));
      const order = orgs.toSorted((a, b) => ((known.get(a) ?? '') < (known.get(b) ?? '') ? -1 : 1));
      let failed: unknown;
      for (const [index, org] of order.entries()) {
        context.progress(index, order.length, 'organisations');
        try {
          const read = await readOrganisation(client, org, context);
          known.set(org, context.now().toISOString());
          yield batchOf(read, { name, org, stale, context, cursor: { readAt: Object.fromEntries(known) } });
        } catch (error) {
          context.signal.throwIfAborted();
          // Of one organisation the token may see nothing; a limit or a fault stands in the way of all.
          if (!(error instanceof PlumblineError) || error.code !== 'SNYK_REFUSED' || error.details.status === 401)
            throw error;
          context.log.warn({ org, reason: error.message }, 'organisation could not be read');
          failed ??= error;
        }
      }
      context.progress(order.length, order.length, 'organisations');
      if (failed !== undefined) throw failed;
    },
  };
}

async function orgsOf(client: SnykClient): Promise<readonly string[]> {
  const found: string[] = [];
  for await (const page of client.pages('orgs'))
    found.push(...page.flatMap(one => (isObject(one) ? (wordOf(one.id, 100) ?? []) : [])));
  return found;
}

interface Read {
  readonly scans: readonly Scan[];
  readonly rejections: readonly Rejection[];
  readonly records: number;
}

async function readOrganisation(client: SnykClient, org: string, context: SourceContext): Promise<Read> {
  const file = `organisation ${org}`;
  const rejections: Rejection[] = [];
  const projects = new Map<string, Project>();
  const skipped = new Set<string>();
  for await (const page of client.pages(`orgs/${encodeURIComponent(org)}/projects`, { expand: 'target' }))
    for (const item of page) {
      const one = projectOf(item);
      if (typeof one !== 'string') projects.set(one.id, one);
      else if (one !== 'not_of_supply_chain') rejections.push({ file, reason: one, value: nameOf(item) });
      if (typeof one === 'string' && isObject(item)) skipped.add(wordOf(item.id, 100) ?? '');
    }
  const at = context.now();
  const found = new Map<string, Found[]>();
  const broken = new Set<string>();
  const breathe = breather();
  const told = {
    typeOf: (id: string) => projects.get(id)?.type ?? '',
    locationOf: (id: string) => projects.get(id)?.target,
  };
  let records = 0;
  for await (const page of client.pages(`orgs/${encodeURIComponent(org)}/issues`))
    for (const item of page) {
      if (breathe.due()) await breathe.now();
      const one = issueOf(item, told);
      if (one === 'belongs_to_policy') continue;
      records += 1;
      if (typeof one === 'string') {
        rejections.push({ file, reason: one, value: nameOf(item) });
        const of = projectIn(item);
        if (of !== undefined) broken.add(of);
      } else if (projects.has(one.project)) found.set(one.project, [...(found.get(one.project) ?? []), ...one.found]);
      else if (!skipped.has(one.project)) rejections.push({ file, reason: 'missing_project', value: nameOf(item) });
    }
  // What is monitored no longer is not told as fixed: it is not told at all.
  const active = [...projects.values()].filter(({ isActive }) => isActive);
  const scans = active.map(project => scanOf(project, found.get(project.id) ?? [], broken.has(project.id), at));
  return { scans, rejections, records };
}

function scanOf(project: Project, found: readonly Found[], isBroken: boolean, at: Date): Scan {
  const { artifact, id, tags } = project;
  const scannedAt = at.toISOString();
  const context = { at, now: at, place: {}, file: '' };
  return {
    artifact,
    part: id,
    scanner: 'snyk',
    scannedAt,
    classes: ['vulnerability', 'license'],
    ...(isBroken ? { completeness: 'partial', reason: 'records_rejected' } : { completeness: 'complete' }),
    found,
    digest: digestOf(Buffer.from(JSON.stringify(found)), scannedAt, `${artifact.name} ${id}`),
    owner: ownerOfArtifact(artifact, context, Object.keys(tags).length > 0 ? { tags } : {}),
  };
}

const nameOf = (item: unknown): string => (isObject(item) ? (wordOf(item.id, 100) ?? '') : '');

function projectIn(item: unknown): string | undefined {
  const { relationships } = item as { readonly relationships?: { readonly scan_item?: { readonly data?: unknown } } };
  const data = relationships?.scan_item?.data;
  return isObject(data) ? wordOf(data.id, 100) : undefined;
}

interface BatchOptions {
  readonly name: string;
  readonly org: string;
  readonly stale: number;
  readonly context: SourceContext;
  readonly cursor: Cursor;
}

const batchOf = (read: Read, { name, org, stale, context, cursor }: BatchOptions): Batch => ({
  cursor,
  write: async tx => {
    const now = context.now();
    const { scans, records, rejections } = read;
    const changed = await storeHeard(tx, name, [{ scans }], { now, staleSeconds: Math.round(stale * 3600) });
    const rejected = await keepRejections(tx, name, { read: [`organisation ${org}`], rejections }, now);
    return { records, changed, rejected };
  },
});
