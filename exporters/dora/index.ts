/** The dora exporter: what is deployed, how long changes take to get there, how often that fails, how fast it is mended. */
import type { Ownership } from '../catalog/ownership.ts';
import { recordVersion } from '../catalog/versions.ts';
import type { Exporter } from '../core/exporter.ts';
import type { Source } from '../core/source.ts';
import { markChangedRules } from './changes/index.ts';
import { checkDora } from './check.ts';
import type { DoraConfig } from './config.ts';
import { derive } from './derive.ts';
import { explainDelivery } from './explain.ts';
import { mark } from './facts.ts';
import { doraMetrics } from './metrics.ts';
import { configureDora } from './settings.ts';
import { gitSource } from './sources/git/index.ts';

export interface DoraOptions {
  readonly now?: () => Date;
  /** A UTC day: a change of ownership holds from then on, and not from today. */
  readonly reassignFrom?: string;
}

/** Tables whose rows count from when they came to be so. */
const facts = [
  ...['production_deployments', 'rollouts', 'deployed_changes', 'deployment_ranges', 'deployed_pull_requests'],
  ...['verdicts', 'incident_links', 'counted_changes', 'finished_pipeline_runs'],
];

export function doraExporter(config: DoraConfig, ownership: Ownership, options: DoraOptions = {}): Exporter {
  const { reassignFrom } = options;
  const sources: readonly Source[] = [...config.git.map(git => gitSource(git, config.services))];
  return {
    name: 'dora',
    tables: [new URL('../catalog/tables.sql', import.meta.url), new URL('./tables.sql', import.meta.url)],
    sources,
    metrics: doraMetrics,
    facts,
    prepare: async (tx, context) => {
      await configureDora(tx, config);
      const version = await recordVersion(tx, ownership, {
        now: context.now(),
        ...(reassignFrom === undefined ? {} : { reassignFrom }),
      });
      if (version.changed) await mark(tx, ['*']);
      await markChangedRules(tx, config);
      // A source that was taken out ends no reading of the past that it had begun.
      await tx.run(`DELETE FROM backfills WHERE source NOT IN (SELECT unnest(from_json($names, '["VARCHAR"]')))`, {
        names: JSON.stringify(sources.map(({ name }) => name)),
      });
    },
    derive: (tx, context) => derive(tx, config, ownership, context),
    check: ledger => checkDora(ledger, config),
    explain: (ledger, kind, id) => explainDelivery(ledger, config, kind, id),
  };
}
