/** The dora exporter: what is deployed, how long changes take to get there, how often that fails, how fast it is mended. */
import type { Ownership } from '../catalog/ownership.ts';
import { recordVersion } from '../catalog/versions.ts';
import type { Exporter } from '../core/exporter.ts';
import type { Source } from '../core/source.ts';
import type { DoraConfig } from './config.ts';
import { derive } from './derive.ts';
import { mark } from './facts.ts';
import { doraMetrics } from './metrics.ts';
import { eventsSource } from './sources/events/index.ts';
import { fourKeysSources } from './sources/four-keys/index.ts';
import { gitlabSources } from './sources/gitlab/index.ts';
import { pagerDutySources } from './sources/pagerduty/index.ts';

export interface DoraOptions {
  readonly now?: () => Date;
  /** A UTC day: a change of ownership holds from then on, and not from today. */
  readonly reassignFrom?: string;
}

/** Tables whose rows count from when they came to be so. */
const facts = [
  ...['production_deployments', 'rollouts', 'deployed_changes', 'deployment_ranges', 'deployed_pull_requests'],
  ...['verdicts', 'incident_links'],
];

export function doraExporter(config: DoraConfig, ownership: Ownership, options: DoraOptions = {}): Exporter {
  const { reassignFrom } = options;
  const sources: readonly Source[] = [
    eventsSource(config.events, ownership),
    ...(config.four_keys === undefined ? [] : fourKeysSources(config.four_keys)),
    ...config.gitlab.flatMap(item => gitlabSources(item)),
    ...config.pagerduty.flatMap(item => pagerDutySources(item)),
  ];
  return {
    name: 'dora',
    tables: [
      new URL('../catalog/tables.sql', import.meta.url),
      new URL('./tables.sql', import.meta.url),
      new URL('./sources/gitlab/tables.sql', import.meta.url),
    ],
    sources,
    metrics: doraMetrics,
    facts,
    prepare: async (tx, context) => {
      const version = await recordVersion(tx, ownership, {
        now: context.now(),
        ...(reassignFrom === undefined ? {} : { reassignFrom }),
      });
      if (version.changed) await mark(tx, ['*']);
    },
    derive: (tx, context) => derive(tx, config, context),
  };
}
