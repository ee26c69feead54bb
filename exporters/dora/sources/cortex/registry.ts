/** Which of Eng Intelligence's metrics are ours, in which unit, and by what they can be grouped. */
import { z } from 'zod';
import { type CortexClient, cortexAnswer } from '../../../vendors/cortex/client.ts';
import { PlumblineError } from '../../errors.ts';
import type { ExternalMetricFact } from '../../facts.ts';
import type { CortexConfig } from './config.ts';

type Metric = keyof CortexConfig['metrics'];

export interface CortexMetric {
  readonly metric: Metric;
  readonly key: string;
  /** Each with what its value is called here. */
  readonly aggregations: readonly {
    readonly aggregation: string;
    readonly statistic: ExternalMetricFact['statistic'];
  }[];
  /** What a value is times to be in seconds or a ratio. */
  readonly unit: number;
  readonly orderBy?: string;
  readonly groups: { readonly team?: string; readonly service?: string };
}

const definitionsSchema = z.looseObject({
  metrics: z.array(
    z.looseObject({
      key: z.string(),
      displayName: z.string(),
      readiness: z.looseObject({ type: z.string() }).nullish(),
      units: z.string().nullish(),
      supportedAggregations: z.array(z.string()).nullish(),
      orderByAttribute: z.string().nullish(),
      sourceRef: z.string().nullish(),
    }),
  ),
  sources: z
    .record(
      z.string(),
      z.looseObject({ groupByOptions: z.array(z.looseObject({ key: z.string(), displayName: z.string() })) }),
    )
    .nullish(),
});

type Definitions = z.infer<typeof definitionsSchema>;

/** What the registry may call each, folded, the first that is there. */
const names: { readonly [metric in Metric]: readonly string[] } = {
  change_lead_time: ['change lead time', 'lead time for changes', 'lead time', 'cycle time'],
  deployments: [
    'deploys',
    'deployments',
    'deploy count',
    'deployment count',
    'deployment frequency',
    'deploy frequency',
  ],
  change_fail_ratio: ['change failure rate', 'change fail rate'],
  recovery_time: ['failed deployment recovery time', 'mean time to recovery', 'mttr', 'mean time to resolution'],
};

const groupNames = {
  team: ['team owner', 'owner team', 'team'],
  service: ['entity', 'service'],
} as const;

const aggregations: { readonly [metric in Metric]: CortexMetric['aggregations'] } = {
  change_lead_time: [
    { aggregation: 'P50', statistic: 'p50' },
    { aggregation: 'AVG', statistic: 'mean' },
  ],
  deployments: [
    { aggregation: 'COUNT', statistic: '' },
    { aggregation: 'SUM', statistic: '' },
  ],
  change_fail_ratio: [
    { aggregation: 'RATIO', statistic: '' },
    { aggregation: 'AVG', statistic: '' },
  ],
  recovery_time: [
    { aggregation: 'P50', statistic: 'p50' },
    { aggregation: 'AVG', statistic: 'mean' },
  ],
};

const durations: Readonly<Record<string, number>> = {
  ...{ milliseconds: 0.001, seconds: 1, minutes: 60, hours: 3_600, days: 86_400 },
};
const shares: Readonly<Record<string, number>> = { percentage: 0.01, percent: 0.01, ratio: 1, fraction: 1 };
const units: { readonly [metric in Metric]: Readonly<Record<string, number>> } = {
  change_lead_time: durations,
  recovery_time: durations,
  deployments: { count: 1, deploys: 1, deployments: 1 },
  change_fail_ratio: shares,
};

export interface Registry {
  readonly metrics: readonly CortexMetric[];
  /** Metrics that are there and of no use, with why. */
  readonly left: readonly {
    readonly metric: Metric;
    readonly key: string;
    readonly reason: string;
    readonly value: string;
  }[];
}

/** Errors: those of the client, CORTEX_ANSWER, CORTEX_METRIC where the configuration names a key that isn't there. */
export async function readRegistry(api: CortexClient, config: CortexConfig): Promise<Registry> {
  const said = definitionsSchema.safeParse(
    await api.get('api/v1/eng-intel/registry/metrics/definitions', { view: 'full' }),
  );
  if (!said.success) throw cortexAnswer("Eng Intelligence's metric definitions", said.error);
  const definitions = said.data;
  const metrics: CortexMetric[] = [];
  const left: Registry['left'][number][] = [];
  for (const metric of Object.keys(names) as Metric[]) {
    const definition = definitionOf(metric, definitions, config.metrics[metric]);
    if (definition === undefined) continue;
    const { key, readiness, supportedAggregations, orderByAttribute, sourceRef } = definition;
    const unitName = (definition.units ?? '').toLowerCase();
    const unit = metric === 'deployments' && unitName === '' ? 1 : units[metric][unitName];
    const supported = aggregations[metric].filter(({ aggregation }) => supportedAggregations?.includes(aggregation));
    // A count is counted once, a ratio is one: the second of their aggregations is for want of the first.
    const asked = supported[0]?.statistic === '' ? supported.slice(0, 1) : supported;
    if (/not/i.test(readiness?.type ?? ''))
      left.push({ metric, key, reason: 'not_ready', value: readiness?.type ?? '' });
    else if (unit === undefined) left.push({ metric, key, reason: 'unknown_unit', value: unitName });
    else if (asked.length === 0)
      left.push({ metric, key, reason: 'no_aggregation', value: (supportedAggregations ?? []).join(', ') });
    else
      metrics.push({
        ...{ metric, key, unit, aggregations: asked },
        ...(orderByAttribute == null ? {} : { orderBy: orderByAttribute }),
        groups: groupsOf(definitions.sources?.[sourceRef ?? '']?.groupByOptions ?? [], config.group_by),
      });
  }
  return { metrics, left };
}

function definitionOf(metric: Metric, { metrics }: Definitions, key: string | undefined) {
  if (key === undefined)
    return names[metric]
      .map(name => metrics.find(({ displayName }) => displayName.trim().toLowerCase() === name))
      .find(found => found !== undefined);
  const found = metrics.find(definition => definition.key === key);
  if (found === undefined)
    throw new PlumblineError('CORTEX_METRIC', {
      ...{ metric, key },
      known: metrics.map(({ key, displayName }) => `${key} (${displayName})`).join(', ') || 'none',
    });
  return found;
}

function groupsOf(
  options: readonly { readonly key: string; readonly displayName: string }[],
  configured: CortexConfig['group_by'],
): CortexMetric['groups'] {
  const keyOf = (group: keyof typeof groupNames) =>
    configured[group] ??
    groupNames[group]
      .map(name => options.find(({ displayName }) => displayName.trim().toLowerCase() === name)?.key)
      .find(key => key !== undefined);
  const [team, service] = [keyOf('team'), keyOf('service')];
  return { ...(team === undefined ? {} : { team }), ...(service === undefined ? {} : { service }) };
}
