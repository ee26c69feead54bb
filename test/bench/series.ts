/** As many invented series as asked for, as a snapshot has them, and as prom-client would be given them. */
import { defineMetric } from '../../exporters/core/metric.ts';
import type { RenderedFamily, Snapshot } from '../../exporters/core/snapshot-types.ts';

const perFamily = 10_000;
export const seriesLabels = ['team', 'service', 'environment', 'cost_basis', 'currency'] as const;

export interface InventedFamily {
  readonly name: string;
  readonly help: string;
  readonly samples: readonly { readonly labels: readonly string[]; readonly value: number }[];
}

export function invent(series: number, from = 0): readonly InventedFamily[] {
  return Array.from({ length: Math.ceil(series / perFamily) }, (_, family) => ({
    name: `bench_cost_${family}`,
    help: `Cost of the complete days of the current UTC calendar month, number ${family}.`,
    samples: Array.from({ length: Math.min(perFamily, series - family * perFamily) }, (_, index) => ({
      labels: [
        `team-${index % 40}`,
        `service-${Math.floor(index / 4)}`,
        ['production', 'staging', 'development'][index % 3] ?? '',
        ['billed', 'effective', 'list', 'contracted'][index % 4] ?? '',
        'USD',
      ],
      value: Math.round(((index * 7919 + family * 104_729 + from) % 1_000_003) * 1.37 * 100) / 100,
    })),
  }));
}

export function snapshotOf(families: readonly InventedFamily[], commit: number): Snapshot {
  return {
    commit,
    takenAt: new Date(),
    families: families.map(({ name, help, samples }): RenderedFamily => {
      const metric = defineMetric({
        ...{ name, kind: 'state', help, unit: 'currency', labels: seriesLabels, additive: true },
        ...{ maxSeries: perFamily, reads: [], sql: '' },
      });
      const lines = samples.map(({ labels, value }) => {
        const pairs = seriesLabels.map((label, index) => `${label}="${labels[index]}"`);
        return `${name}{${pairs.join(',')}} ${value}\n`;
      });
      const text = Buffer.from(lines.join(''));
      return { metric, name, type: 'gauge', help, series: samples.length, stamped: false, text };
    }),
  };
}
