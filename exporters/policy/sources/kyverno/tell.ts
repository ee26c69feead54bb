/**
 * Tells what has changed in a cluster, namespace by namespace: pods, replica sets and deployments of one workload are
 * weighed together. A report that vanished is told as not known until it may no longer be made anew. What has not changed
 * is told of by one look at no part of it, so that a cluster that is read stays fresh.
 */
import type { SourceContext } from '../../../core/source.ts';
import type { Place } from '../../../findings/place.ts';
import type { Report, Told } from '../../../findings/report.ts';
import { storeTold } from '../../../findings/store.ts';
import { digestOf, telling } from '../policyreport/tell.ts';
import type { KyvernoConfig } from './config.ts';
import type { KyvernoCursor } from './cursor.ts';
import * as kept from './ledger.ts';
import type { Step } from './steps.ts';

export interface Tell {
  readonly config: KyvernoConfig;
  readonly context: SourceContext;
  readonly at: Date;
  /** False where no object has changed since it was told last. */
  readonly isChanged: boolean;
  readonly tags: readonly string[] | undefined;
}

/** Report objects that are told in one transaction. */
const objectsAtOnce = 2_000;
/** A cluster in which nothing changes is told of so often. */
const lookMs = 10 * 60_000;
const nothing = { records: 0, changed: 0, rejected: {} };

export async function* tell(
  { config, context, at, isChanged, tags }: Tell,
  before: KyvernoCursor,
): AsyncGenerator<Step> {
  const { name, cluster, environment, read } = config;
  const { ledger } = context;
  const resources = before.found?.resources ?? [];
  const where: kept.Where = { source: name, resources };
  const { policies, exceptions, labels } = await ledger.read(reader => kept.surroundings(reader, where));
  const place: Place = { cluster, ...(environment === undefined ? {} : { environment }) };
  const scope = `cluster:${cluster}`;
  const world = telling({
    ...{ scope, cluster, place },
    policies: read.includes('policies') ? policies : undefined,
    labelsOf: namespace => labels.get(namespace) ?? {},
    ...(tags ? { tags } : {}),
  });
  const cursor: KyvernoCursor = { ...before, modes: digestOf(policies) };
  const isPending =
    isChanged || cursor.modes !== before.modes || (await ledger.read(reader => kept.isPending(reader, where)));
  if (isPending)
    yield {
      cursor,
      write: async tx => {
        await kept.tellAnew(tx, where, cursor.modes !== before.modes);
        return nothing;
      },
    };

  const evaluatedAt = at.toISOString();
  const options = { now: at, staleSeconds: Math.round(config.stale * 3600), follows: true };
  const heldSince = new Date(at.getTime() - config.hold_minutes * 60_000);
  const waiting = await ledger.read(reader => kept.waiting(reader, where, heldSince));
  const isDue = at.getTime() - (before.looked?.at ?? 0) >= lookMs;
  if (!isPending && waiting.length === 0 && !isDue) {
    yield { cursor, write: async () => nothing };
    return;
  }
  const overview = await ledger.read(reader => kept.overview(reader, where));
  const fault = isServed(before) ? silenceOf(overview, policies, config, at) : () => 'not_installed';
  for (const namespaces of slices(waiting)) {
    const parts = await ledger.read(reader => kept.partsIn(reader, where, namespaces, heldSince));
    const reports = await world.reportsOf(parts, () => evaluatedAt, fault);
    yield {
      cursor,
      write: async tx => {
        const changed = await storeTold(tx, name, { reports }, options);
        await kept.noteTold(tx, where, namespaces, heldSince);
        return { ...nothing, changed };
      },
    };
  }
  const events = await ledger.read(reader => kept.waitingEvents(reader, where));
  const told: Told = {
    reports: read.includes('reports') ? looksAt(overview, fault, { scope, owner: world.owner, evaluatedAt }) : [],
    ...(read.includes('exceptions')
      ? { exceptions: [world.exceptionList(exceptions, overview.applied, evaluatedAt)] }
      : {}),
    ...(read.includes('policies') ? { policies: world.policyLists(evaluatedAt) } : {}),
    blocks: events.flatMap(event => world.blocksOf(event, 0)),
  };
  yield {
    cursor: { ...cursor, looked: { at: at.getTime() } },
    write: async tx => {
      const changed = await storeTold(tx, name, told, options);
      await kept.noteOthersTold(tx, where);
      return { ...nothing, changed };
    },
  };
}

const isServed = ({ found, mirrors }: KyvernoCursor): boolean =>
  (found?.resources ?? []).some(({ role, path }) => role === 'reports' && !mirrors[path]?.isMissing);

type Fault = (engine: string) => string | undefined;

/** Kyverno scans in the background every hour: where its newest result is older by far, nothing is evaluated any more. */
function silenceOf(
  { evaluated }: kept.Overview,
  policies: kept.Surroundings['policies'],
  { silent_hours: hours }: KyvernoConfig,
  at: Date,
): Fault {
  const isBackground = policies.some(policy => policy.engine === 'kyverno' && policy.isBackground);
  const isSilent = isBackground && evaluated !== undefined && at.getTime() - evaluated > hours * 3_600_000;
  return engine => (isSilent && engine === 'kyverno' ? 'engine_silent' : undefined);
}

/** One look at the whole cluster for each engine: that it was read, in part where some of it can't be, or why it wasn't. */
function looksAt(
  { engines }: kept.Overview,
  fault: Fault,
  common: Pick<Report, 'scope' | 'owner' | 'evaluatedAt'>,
): readonly Report[] {
  const all = engines.length > 0 ? engines : [{ engine: 'kyverno', doubt: '' }];
  return all.map(({ engine, doubt }) => {
    const failed = fault(engine);
    const reason = failed ?? doubt;
    const digest = digestOf([engine, common.scope, common.evaluatedAt, reason]);
    return {
      ...{ engine, ...common, results: [], digest, ...(reason === '' ? {} : { reason }) },
      ...(failed === undefined
        ? { completeness: reason === '' ? 'complete' : 'partial', parts: [] }
        : { completeness: 'failed' }),
    };
  });
}

function* slices(waiting: readonly kept.Waiting[]): Generator<readonly string[]> {
  let own: string[] = [];
  let count = 0;
  for (const { namespace, objects } of waiting) {
    if (own.length > 0 && count + objects > objectsAtOnce) {
      yield own;
      own = [];
      count = 0;
    }
    own.push(namespace);
    count += objects;
  }
  if (own.length > 0) yield own;
}
