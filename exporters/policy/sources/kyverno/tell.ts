/**
 * Tells what has changed in a cluster, namespace by namespace: pods, replica sets and deployments of one workload are
 * weighed together. A report that vanished is told as not known until it may no longer be made anew. What has not changed
 * is told of by one look at no part of it, so that a cluster that is read stays fresh.
 */
import type { SourceContext } from '../../../core/source.ts';
import type { Report } from '../../../findings/report.ts';
import { storeTold } from '../../../findings/store.ts';
import type { Place } from '../../reading.ts';
import { digestOf, telling } from '../policyreport/tell.ts';
import type { KyvernoConfig } from './config.ts';
import type { KyvernoCursor } from './cursor.ts';
import * as kept from './ledger.ts';
import type { Step } from './steps.ts';

export interface Tell {
  readonly config: KyvernoConfig;
  readonly context: SourceContext;
  readonly at: Date;
  readonly tags: readonly string[] | undefined;
}

/** Report objects that are told in one transaction. */
const objectsAtOnce = 2_000;
const nothing = { records: 0, changed: 0, rejected: {} };

export async function* tell({ config, context, at, tags }: Tell, before: KyvernoCursor): AsyncGenerator<Step> {
  const { name, cluster, environment, read } = config;
  const { ledger } = context;
  const resources = before.found?.resources ?? [];
  const where: kept.Where = { source: name, resources };
  const { policies, exceptions, labels } = await ledger.read(reader => kept.surroundings(reader, where));
  const place: Place = { cluster, ...(environment === undefined ? {} : { environment }) };
  const world = telling({
    ...{ scope: `cluster:${cluster}`, cluster, place },
    policies: read.includes('policies') ? policies : undefined,
    labelsOf: namespace => labels.get(namespace) ?? {},
    ...(tags ? { tags } : {}),
  });
  const cursor: KyvernoCursor = { ...before, modes: digestOf(policies) };
  yield {
    cursor,
    write: async tx => {
      await kept.tellAnew(tx, where, cursor.modes !== before.modes);
      return nothing;
    },
  };

  const evaluatedAt = at.toISOString();
  const options = { now: at, staleSeconds: Math.round(config.stale * 3600) };
  const heldSince = new Date(at.getTime() - config.hold_minutes * 60_000);
  for (const namespaces of slices(await ledger.read(reader => kept.waiting(reader, where, heldSince)))) {
    const parts = await ledger.read(reader => kept.partsIn(reader, where, namespaces, heldSince));
    const reports = world.reportsOf(parts, () => evaluatedAt);
    yield {
      cursor,
      write: async tx => {
        const changed = await storeTold(tx, name, { reports }, options);
        await kept.noteTold(tx, where, namespaces, heldSince);
        return { ...nothing, changed };
      },
    };
  }

  const overview = await ledger.read(reader => kept.overview(reader, where));
  const events = await ledger.read(reader => kept.waitingEvents(reader, where));
  const reports = read.includes('reports')
    ? looks(overview, { ...config, policies, at, isServed: isServed(before) })
    : [];
  yield {
    cursor,
    write: async tx => {
      const changed = await storeTold(
        tx,
        name,
        {
          reports: reports.map(look => ({ ...look, owner: world.owner })),
          ...(read.includes('exceptions')
            ? { exceptions: [world.exceptionList(exceptions, overview.applied, evaluatedAt)] }
            : {}),
          ...(read.includes('policies') ? { policies: world.policyLists(evaluatedAt) } : {}),
          blocks: events.flatMap(event => world.blocksOf(event, 0)),
        },
        options,
      );
      await kept.noteEventsTold(tx, where);
      return { ...nothing, changed };
    },
  };
}

const isServed = ({ found, mirrors }: KyvernoCursor): boolean =>
  (found?.resources ?? []).some(({ role, path }) => role === 'reports' && !mirrors[path]?.isMissing);

interface Look {
  readonly cluster: string;
  readonly silent_hours: number;
  readonly policies: kept.Surroundings['policies'];
  readonly at: Date;
  readonly isServed: boolean;
}

/** One look at the whole cluster for each engine: that it was read, or why it tells nothing. */
function looks(overview: kept.Overview, { cluster, silent_hours: hours, policies, at, isServed }: Look) {
  const isBackground = policies.some(policy => policy.engine === 'kyverno' && policy.isBackground);
  const isSilent = overview.evaluated !== undefined && at.getTime() - overview.evaluated > hours * 3_600_000;
  const engines = overview.engines.length > 0 ? overview.engines : ['kyverno'];
  return engines.map((engine): Omit<Report, 'owner'> => {
    const reason = isServed
      ? engine === 'kyverno' && isBackground && isSilent
        ? 'engine_silent'
        : ''
      : 'not_installed';
    const scope = `cluster:${cluster}`;
    const evaluatedAt = at.toISOString();
    return {
      ...{ engine, scope, evaluatedAt, results: [], digest: digestOf([engine, scope, evaluatedAt, reason]) },
      ...(reason === '' ? { completeness: 'complete', parts: [] } : { completeness: 'failed', reason }),
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
