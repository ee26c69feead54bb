/**
 * Gatekeeper by the Kubernetes API: the modes of its constraints, and what its newest audit left in their status. Each
 * refresh lists all of them: there are few, and each audit changes every one.
 */
import { ownerText } from '../../../catalog/keys.ts';
import type { Reader } from '../../../core/ledger.ts';
import { keepRejections, type Rejection } from '../../../core/rejections.ts';
import type { PullSource } from '../../../core/source.ts';
import { placeAttributes } from '../../../findings/place.ts';
import type { Report, Told } from '../../../findings/report.ts';
import { storeTold } from '../../../findings/store.ts';
import { isObject } from '../../../formats/json.ts';
import { type KubernetesClient, type KubernetesOptions, kubernetesClient } from '../../../vendors/kubernetes/client.ts';
import { listAll } from '../../../vendors/kubernetes/list.ts';
import { namespaceOf } from '../policyreport/index.ts';
import type { GatekeeperConfig } from './config.ts';
import {
  type Constraint,
  constraintGroup,
  readConstraint,
  readTemplate,
  type Template,
  templateGroup,
} from './constraint.ts';
import { filledIn } from './known.ts';
import { digestOf, policyList, statusReports } from './status.ts';
import { engine, type Words, type World } from './violation.ts';
import { loggedAudits, withoutLogged } from './weigh.ts';

export interface GatekeeperOptions extends KubernetesOptions {
  /** Tags that ownership rules read: other labels of namespaces make no owner. */
  readonly tags?: readonly string[];
}

export function gatekeeperSource(config: GatekeeperConfig, options: GatekeeperOptions = {}): PullSource {
  const { name, cluster, environment, every, violations, stale } = config;
  const { tags, ...access } = options;
  return {
    kind: 'pull',
    name,
    everySeconds: every,
    plan: async () => ({
      requests: 20,
      text: `the constraints of ${cluster}, a list for each of their kinds, every ${every} s`,
    }),
    batches: async function* (context) {
      const client = kubernetesClient(config, { log: context.log, signal: context.signal, ...access });
      const now = context.now();
      const found = await readCluster(client, config);
      const world: World = {
        ...{ scope: `cluster:${cluster}`, cluster, labelsOf: namespace => found.labels.get(namespace) ?? {} },
        place: { cluster, ...(environment === undefined ? {} : { environment }) },
        ...(tags ? { tags } : {}),
      };
      context.progress(found.constraints.length, found.constraints.length, 'constraints');
      yield {
        cursor: { at: now.toISOString() },
        write: async tx => {
          const lists = violations === 'never' ? [] : statusReports(found.constraints, found.templates, world);
          const told = violations === 'always' ? lists : withoutLogged(lists, await loggedAudits(tx));
          const reports = found.isServed
            ? [...(await filledIn(tx, told)), ...(await goneReports(tx, found, world, now))]
            : [notInstalled(world, now)];
          const all: Told = {
            reports,
            policies: found.isServed
              ? [policyList(found.constraints, found.templates, { scope: world.scope, readAt: now.toISOString() })]
              : [],
          };
          const changed = await storeTold(tx, name, all, { now, staleSeconds: Math.round(stale * 3600) });
          const { read, rejections } = found;
          const rejected = await keepRejections(tx, name, { read, rejections }, now);
          return { records: read.length, changed, rejected };
        },
      };
    },
  };
}

interface Found {
  /** False where no constraints are known to the cluster at all. */
  readonly isServed: boolean;
  readonly constraints: readonly Constraint[];
  readonly templates: readonly Template[];
  readonly labels: ReadonlyMap<string, Words>;
  readonly read: readonly string[];
  readonly rejections: readonly Rejection[];
}

async function readCluster(client: KubernetesClient, { read: parts }: GatekeeperConfig): Promise<Found> {
  const kinds = await client.resources(constraintGroup);
  const lists = await Promise.all(
    kinds.map(async ({ kind, path }) => ({ kind, path, items: (await listAll(client, path))?.items ?? [] })),
  );
  const read: string[] = [];
  const rejections: Rejection[] = [];
  const constraints: Constraint[] = [];
  for (const { kind, path, items } of lists)
    for (const item of items) {
      const constraint = isObject(item) ? readConstraint({ ...item, kind }) : undefined;
      const file = constraint?.policy ?? `${path} ${digestOf(item)}`;
      read.push(file);
      if (constraint) constraints.push(constraint);
      else rejections.push({ file, reason: 'shape_unknown' });
      if (constraint && constraint.rejected > 0)
        rejections.push({
          file,
          reason: 'bad_violations',
          field: 'status.violations',
          value: `${constraint.rejected}`,
        });
    }
  const templates = parts.includes('templates') ? await itemsOf(client, templateGroup, 'constrainttemplates') : [];
  const namespaces = parts.includes('namespaces') ? ((await listAll(client, '/api/v1/namespaces'))?.items ?? []) : [];
  return {
    ...{ isServed: kinds.length > 0 || templates.length > 0, constraints, read, rejections },
    templates: templates.flatMap(item => (isObject(item) ? (readTemplate(item) ?? []) : [])),
    labels: new Map(
      namespaces.flatMap(item => {
        const { name, labels } = namespaceOf(isObject(item) ? item : {});
        return name === undefined ? [] : [[name, labels]];
      }),
    ),
  };
}

async function itemsOf(client: KubernetesClient, group: string, plural: string): Promise<readonly unknown[]> {
  const served = (await client.resources(group)).find(({ name }) => name === plural);
  return served === undefined ? [] : ((await listAll(client, served.path))?.items ?? []);
}

const common = ({ scope, place }: World) => ({ engine, scope, owner: ownerText(placeAttributes(place)), results: [] });

/** Constraints that had findings and are there no more. */
async function goneReports(
  reader: Reader,
  { constraints }: Found,
  world: World,
  now: Date,
): Promise<readonly Report[]> {
  const rows = await reader.all(
    'SELECT DISTINCT part FROM finding_listings WHERE engine = $engine AND scope = $scope ORDER BY part',
    { engine, scope: world.scope },
  );
  const present = new Set(constraints.map(({ policy }) => policy));
  const parts = rows.map(({ part }) => String(part)).filter(part => !present.has(part));
  if (parts.length === 0) return [];
  const evaluatedAt = now.toISOString();
  return [{ ...common(world), evaluatedAt, completeness: 'complete', parts, digest: digestOf([evaluatedAt, parts]) }];
}

/** Told once an hour: nothing of what is known changes, but somebody should know. */
function notInstalled(world: World, now: Date): Report {
  const evaluatedAt = new Date(Math.floor(now.getTime() / 3_600_000) * 3_600_000).toISOString();
  const reason = 'not_installed';
  return { ...common(world), evaluatedAt, completeness: 'failed', reason, digest: digestOf([evaluatedAt, reason]) };
}
