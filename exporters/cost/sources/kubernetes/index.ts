/**
 * A cluster's allocation as OpenCost or Kubecost compute it. It adds no money: by owner of its day it becomes the
 * quantities of a usage metric of the cluster's name, by which a split shares out the cluster's own lines on the bill,
 * and its total is reconciled with them. The last days are read again, as reconciliation changes them for some days.
 */
import type { Ownership } from '../../../catalog/ownership.ts';
import type { HttpClient } from '../../../core/http-client.ts';
import type { Reader } from '../../../core/ledger.ts';
import type { Batch, PullSource, SourceContext } from '../../../core/source.ts';
import { type DayCursor, type DayStep, daySteps } from '../../day-window.ts';
import { replaceRejects } from '../../rejects.ts';
import { labelName, readAllocations } from './allocations.ts';
import { readAssets } from './assets.ts';
import { askAllocations, askAssets, askCloudCosts, kubernetesClient } from './client.ts';
import { readCloudCosts, writeCloudCosts } from './cloud-costs.ts';
import type { KubernetesConfig } from './config.ts';
import { type DayOf, writeAllocations, writeAssets } from './write.ts';

/**
 * Days without anything after which the past waits for the next refresh, so that a young cluster isn't asked for years at
 * once. It goes on there, as a cluster or its Prometheus may have been away for long.
 */
const emptyDays = 31;

/** The source `kubernetes-CLUSTER`: a batch a day, newest first. */
export function kubernetesSource(
  config: KubernetesConfig,
  readsOf: (reader: Reader) => Promise<Ownership['reads']>,
): PullSource {
  const name = `kubernetes-${config.cluster}`;
  return {
    kind: 'pull',
    name,
    everySeconds: config.every,
    plan: async ({ ledger, now }) => {
      const text = await ledger.read(reader =>
        reader.scalar('SELECT cursor::VARCHAR FROM cursors WHERE source = $source', { source: name }),
      );
      const cursor: unknown = typeof text === 'string' ? JSON.parse(text) : undefined;
      const days = stepsOf(config, await ledger.read(readsOf), cursor, now()).length;
      const each = 1 + Number(config.assets) + Number(config.cloud_cost);
      return { requests: days * each, text: `${each} a day of the cluster ${config.cluster}, ${days} days` };
    },
    batches: async function* (context, cursor) {
      const client = kubernetesClient(config, context);
      const reads = await context.ledger.read(readsOf);
      const steps = stepsOf(config, reads, cursor, context.now());
      let empty = 0;
      for (const [index, step] of steps.entries()) {
        context.progress(index, steps.length, 'days');
        const set = await askDay({ name, config, context, client, reads }, step);
        empty = set.isEmpty ? empty + 1 : 0;
        yield { ...set.batch, cursor: step.after };
        if (step.isHistory && empty >= emptyDays) break;
      }
    },
  };
}

const stepsOf = (config: KubernetesConfig, reads: Ownership['reads'], cursor: unknown, now: Date): DayStep[] =>
  daySteps(resumable((cursor ?? {}) as DayCursor), {
    now,
    // Rules that read other labels tell the past apart in another way.
    shape: JSON.stringify([config.cluster_id ?? '', aggregateOf(config, reads)]),
    againDays: config.days,
    historyDays: config.history_days,
    stepDays: 1,
  });

/** Ledgers of earlier versions say after three empty days that there is nothing older. */
const resumable = ({ exhausted: _, ...cursor }: DayCursor): DayCursor => cursor;

interface Asked {
  readonly name: string;
  readonly config: KubernetesConfig;
  readonly context: SourceContext;
  readonly client: HttpClient;
  readonly reads: Ownership['reads'];
}

/** All answers come before anything of the day is written. A day of which it has nothing stays as it was. */
async function askDay(asked: Asked, step: DayStep): Promise<{ readonly batch: Batch; readonly isEmpty: boolean }> {
  const { name, config, context, client, reads } = asked;
  const day = step.days[0]!;
  const aggregate = aggregateOf(config, reads);
  const set = await askAllocations(client, config, day, aggregate);
  const assets = readAssets(config.assets ? await askAssets(client, config, day) : {}, config, day);
  const cloud = readCloudCosts(config.cloud_cost ? await askCloudCosts(client, config, step.days) : []);
  const { rows, rejects } = readAllocations(set ?? {}, { cluster: config.cluster, day, aggregate, reads });
  const dayOf: DayOf = { cluster: config.cluster, currency: config.currency, day, now: context.now() };
  const write: Batch['write'] = async tx => {
    const written = set === undefined ? 0 : await writeAllocations(tx, rows, dayOf);
    const writtenAssets = assets.rows.length === 0 ? 0 : await writeAssets(tx, assets.rows, dayOf);
    const writtenCloud =
      cloud.rows.length === 0 ? 0 : await writeCloudCosts(tx, cloud.rows, { ...dayOf, source: name });
    const refused = [...rejects, ...assets.rejects, ...cloud.rejects];
    const rejected = await replaceRejects(tx, name, [day], refused, context.now());
    const records = rows.length + assets.rows.length + cloud.rows.length;
    return { records, changed: written + writtenAssets + writtenCloud, rejected };
  };
  return { batch: { cursor: step.after, write }, isEmpty: set === undefined && assets.rows.length === 0 };
}

/** No finer than rules can tell apart. */
function aggregateOf({ labels }: KubernetesConfig, reads: Ownership['reads']): readonly string[] {
  const asked = new Set((labels ?? reads.tags).map(labelName));
  return [
    'namespace',
    ...(reads.attributes.includes('resource') ? ['controller'] : []),
    ...[...asked].map(label => `label:${label}`),
  ];
}
