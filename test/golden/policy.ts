/** The page of a made-up quarter of two engines and four repositories: any change of it is a visible diff. */

import type { Format } from '../../exporters/core/exposition.ts';
import type { ReadSource } from '../../exporters/core/source.ts';
import { storeTold } from '../../exporters/findings/store.ts';
import { policySchema } from '../../exporters/policy/config.ts';
import { policyExporter } from '../../exporters/policy/index.ts';
import { opaMetrics } from '../../exporters/policy/metrics.ts';
import { report, teams } from '../policy/books.ts';
import { type Piece, randomLife } from '../policy/life.ts';
import { exporterPage } from './exporter-page.ts';

const lived = randomLife(2026, 14, 7, Date.UTC(2026, 6, 25));
const end = new Date(lived.at(-1)!.at.getTime() + 3_600_000);
const place = { engine: 'kyverno', scope: 'cluster:eu' };
const life: readonly Piece[] = [
  ...lived,
  // At last the audit says more than it lists, and a policy is clean.
  {
    at: end,
    told: {
      reports: [
        report(end.toISOString(), ['fail p r0', 'fail p r1', 'pass tidy r0'], {
          totals: [{ policy: 'p', violations: 25 }],
        }),
      ],
      policies: [{ ...place, readAt: end.toISOString(), policies: [{ policy: 'tidy', enforcement: 'warn' }] }],
    },
  },
];
export const policyNow = new Date(end.getTime() + 3_600_000);

const source: ReadSource = {
  ...{ name: 'reports', kind: 'read', everySeconds: 3_600 },
  batches: async function* () {
    for (const { at, told } of life)
      yield {
        cursor: at.toISOString(),
        write: async tx => {
          const changed = await storeTold(tx, 'reports', told, { now: at, staleSeconds: 30 * 86_400 });
          return { records: changed, changed, rejected: {} };
        },
      };
  },
};

export async function goldenPolicyPage(format: Format): Promise<string> {
  const config = policySchema.parse({
    minimum_samples: 3,
    requirements: [
      { policy: 'p', requirement: 'non_root_containers' },
      { engine: 'checkov', policy: 'q', requirement: 'no_public_storage' },
    ],
  });
  const exporter = policyExporter(config, teams, { now: () => policyNow });
  const metrics = exporter.metrics.filter(metric => !opaMetrics.some(({ name }) => name === metric.name));
  return exporterPage({ ...exporter, sources: [source], metrics }, { format, now: policyNow });
}
