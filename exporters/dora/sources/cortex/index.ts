/**
 * Cortex: deploys of the catalog's entities as deployments, and what Eng Intelligence computes, to be held against ours.
 * Its cycle time, which stands in for change lead time where it has nothing else, ends at the merge of a pull request.
 * Documented shape only: paths, paging and bodies are those of docs.cortex.io/api and of Cortex's own OpenAPI document.
 * Which keys its metrics have isn't published; they are found in its registry by what they are called there, or named
 * in the configuration. Whether a query's answer names a next page isn't said; where it doesn't, what it cuts off is
 * told as a reject.
 */
import { createHash } from 'node:crypto';
import { keepRejections, type Rejection } from '../../../core/rejections.ts';
import type { Batch, PullSource, SourceContext } from '../../../core/source.ts';
import { catalogEntities } from '../../../vendors/cortex/catalog.ts';
import { type CortexClient, type CortexOptions, cortexClient } from '../../../vendors/cortex/client.ts';
import { externalWindows, periodEnds, periodsTo, storeExternal } from '../../external.ts';
import type { DeploymentFact } from '../../facts.ts';
import { noteBackfill } from '../../marks.ts';
import { storeFacts } from '../../store-facts.ts';
import type { CortexConfig } from './config.ts';
import { deploysOf, deploysPlace, readDeploys } from './deploys.ts';
import { metricPlace, type Told, valuesOf } from './point-in-time.ts';
import { readRegistry } from './registry.ts';

export type ClientOptions = Pick<CortexOptions, 'sleep' | 'retries'>;

const deploysABatch = 2_000;
const entitiesABatch = 50;

interface Cursor {
  /** Of the configuration: what was asked with another one is asked anew. */
  readonly shape: string;
  /** UTC day on which all deploys were read last, whatever their number was. */
  readonly readOn?: string;
  /** How many deploys an entity had when all of them were read. */
  readonly totals: Readonly<Record<string, number>>;
  /** What Eng Intelligence was asked for up to; UTC day. */
  readonly through?: string;
}

export function cortexSource(config: CortexConfig, client: ClientOptions = {}): PullSource {
  const { name } = config;
  const begun = (before: unknown): Cursor => {
    const cursor = before as Cursor | undefined;
    return cursor?.shape === shapeOf(config) ? cursor : { shape: shapeOf(config), totals: {} };
  };
  return {
    kind: 'pull',
    name,
    everySeconds: config.every,
    plan: async ({ ledger, now }) => {
      const known = await ledger.read(reader =>
        reader.scalar('SELECT cursor::VARCHAR FROM cursors WHERE source = $name', { name }),
      );
      const cursor = begun(typeof known === 'string' ? JSON.parse(known) : undefined);
      const ends = periodEnds(now(), cursor.through, config.history_weeks);
      const deploys = config.deploys ? 1 + Object.keys(cursor.totals).length : 0;
      // Four metrics, by team, by entity and of all.
      const metrics = config.eng_intelligence ? 1 + ends.length * externalWindows.length * 4 * 3 : 0;
      return {
        requests: deploys + metrics,
        text: `deploys of each entity, and ${ends.length === 1 ? 'the day' : `${ends.length} days`} of metrics over ${externalWindows.join(', ')} days, every ${config.every / 60} minutes`,
      };
    },
    batches: async function* (context, before) {
      const api = cortexClient(config, { log: context.log, signal: context.signal, ...client });
      let cursor = begun(before);
      if (config.deploys)
        for await (const batch of deployBatches(api, config, context, cursor)) {
          cursor = batch.cursor as Cursor;
          yield batch;
        }
      if (config.eng_intelligence) yield* metricBatches(api, config, context, cursor);
    },
  };
}

async function* deployBatches(
  api: CortexClient,
  config: CortexConfig,
  context: SourceContext,
  before: Cursor,
): AsyncGenerator<Batch> {
  const { name } = config;
  const today = context.now().toISOString().slice(0, 10);
  const isFirst = before.readOn === undefined;
  const entities = await catalogEntities(api, config.types);
  let cursor = before;
  let batch: EntityDeploys[] = [];
  for (const [index, entity] of entities.entries()) {
    // Once a day all of them: one may have been changed without another one. A first reading that was ended goes on.
    const known = isFirst || before.readOn === today ? before.totals[entity.tag] : undefined;
    const pages = await deploysOf(api, entity.tag, known);
    context.progress(index + 1, entities.length, 'entities');
    if (pages !== undefined) {
      batch.push({ place: deploysPlace(entity.tag), ...readDeploys(pages.deploys, entity) });
      cursor = { ...cursor, totals: { ...cursor.totals, [entity.tag]: pages.total } };
    }
    const count = batch.reduce((sum, { deployments }) => sum + deployments.length, 0);
    if (count < deploysABatch && batch.length < entitiesABatch) continue;
    yield { cursor, write: writeDeploys(name, context, batch, isFirst) };
    batch = [];
  }
  if (batch.length > 0) yield { cursor, write: writeDeploys(name, context, batch, isFirst) };
  yield {
    cursor: { ...cursor, readOn: today } satisfies Cursor,
    write: async tx => {
      if (isFirst) await noteBackfill(tx, name, '*', 'done');
      return { records: 0, changed: 0, rejected: {} };
    },
  };
}

interface EntityDeploys {
  readonly place: string;
  readonly deployments: readonly DeploymentFact[];
  readonly rejections: readonly Rejection[];
}

const writeDeploys =
  (name: string, context: SourceContext, batch: readonly EntityDeploys[], isFirst: boolean): Batch['write'] =>
  async tx => {
    const now = context.now();
    if (isFirst) await noteBackfill(tx, name, '*', 'running');
    const deployments = batch.flatMap(entity => entity.deployments);
    const changed = await storeFacts(tx, name, { deployments }, now);
    const rejections = batch.flatMap(entity => entity.rejections);
    const rejected = await keepRejections(tx, name, { read: batch.map(({ place }) => place), rejections }, now);
    return { records: deployments.length, changed, rejected };
  };

async function* metricBatches(
  api: CortexClient,
  config: CortexConfig,
  context: SourceContext,
  before: Cursor,
): AsyncGenerator<Batch> {
  const { name } = config;
  const { metrics, left } = await readRegistry(api, config);
  const ends = periodEnds(context.now(), before.through, config.history_weeks);
  for (const [index, end] of ends.entries()) {
    const told: Told[] = [];
    const rejections: Rejection[] = left.map(({ key, reason, value }) => ({
      ...{ file: metricPlace(key, end), reason, value },
    }));
    for (const metric of metrics)
      for (const period of periodsTo(end))
        for (const group of [undefined, 'team', 'service'] as const) {
          if (group !== undefined && metric.groups[group] === undefined) continue;
          const values = await valuesOf(api, metric, period, group);
          told.push(...values.told);
          rejections.push(...values.rejections);
        }
    context.progress(index + 1, ends.length, 'days of the past');
    yield {
      cursor: { ...before, through: end } satisfies Cursor,
      write: async tx => {
        const now = context.now();
        const changed = await storeExternal(tx, name, told, now);
        const read = [...metrics, ...left].map(({ key }) => metricPlace(key, end));
        const rejected = await keepRejections(tx, name, { read, rejections }, now);
        return { records: told.length, changed, rejected };
      },
    };
  }
}

/** What was asked for. */
const shapeOf = ({ url, types, metrics, group_by, history_weeks }: CortexConfig): string =>
  createHash('sha256')
    .update(JSON.stringify([url, types, metrics, group_by, history_weeks]))
    .digest('hex')
    .slice(0, 16);
