/** Datadog: incidents of its Incident Management, and what its DORA metrics hold and compute. */
import { createHash } from 'node:crypto';
import type { Batch, PullSource } from '../../../core/source.ts';
import { type DatadogOptions, datadogClient } from '../../../vendors/datadog/client.ts';
import type { ProductionConfig } from '../../config.ts';
import type { DatadogConfig } from './config.ts';
import type { DatadogCursor, DatadogRead } from './cursor.ts';
import { doraBatches } from './dora.ts';
import { incidentBatches } from './incidents.ts';

export function datadogSource(
  config: DatadogConfig,
  production: readonly ProductionConfig[],
  options: DatadogOptions = {},
): PullSource {
  const { name, incidents, dora, history_days: days } = config;
  const environments = production.flatMap(({ environments: patterns, regions }) => [...patterns, ...regions]);
  const shape = shapeOf(config, environments);
  return {
    kind: 'pull',
    name,
    everySeconds: config.every,
    plan: async ({ ledger }) => {
      const text = await ledger.read(reader =>
        reader.scalar('SELECT cursor::VARCHAR FROM cursors WHERE source = $name', { name }),
      );
      const cursor = typeof text === 'string' ? (JSON.parse(text) as DatadogCursor) : undefined;
      const isFirst = cursor?.shape !== shape || (dora !== undefined && cursor.dora?.isWhole !== true);
      const kinds = dora ? Number(dora.deployments || dora.metrics) + Number(dora.failures) : 0;
      const windows = isFirst ? Math.ceil(days / 30) : 1;
      const what = [...(incidents ? ['incidents'] : []), ...(dora ? ['DORA events'] : [])].join(' and ');
      const span = isFirst ? `of ${days} days` : 'that are new or have changed';
      return {
        requests: (incidents ? (isFirst ? 1 : 2) : 0) + kinds * windows,
        text: `${what} ${span}, 100 or 500 a request, every ${config.every} s`,
      };
    },
    batches: async function* (context, before) {
      const client = datadogClient(config, context, options);
      const read: DatadogRead = { client, config, context, production: environments };
      let cursor = (before as DatadogCursor | undefined)?.shape === shape ? (before as DatadogCursor) : { shape };
      const follow = async function* (batches: AsyncIterable<Batch>) {
        for await (const batch of batches) {
          cursor = batch.cursor as DatadogCursor;
          yield batch;
        }
      };
      if (incidents) yield* follow(incidentBatches(read, incidents, cursor));
      if (dora) yield* follow(doraBatches(read, dora, cursor));
    },
  };
}

function shapeOf(config: DatadogConfig, environments: readonly string[]): string {
  const { site, url, history_days, services, incidents, dora } = config;
  const { sweep_hours: _, ...asked } = incidents ?? {};
  return createHash('sha256')
    .update(JSON.stringify([site, url, history_days, services, asked, dora, environments]))
    .digest('hex')
    .slice(0, 16);
}
