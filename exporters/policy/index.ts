/** The policy exporter: what is violated, by whom, since when, and when it can be enforced. */
import { syncOwners } from '../catalog/owners.ts';
import type { Ownership } from '../catalog/ownership.ts';
import { recordVersion } from '../catalog/versions.ts';
import type { Exporter } from '../core/exporter.ts';
import type { Source } from '../core/source.ts';
import { findingFacts, settleOwners } from '../findings/store.ts';
import type { PolicyConfig } from './config.ts';
import { policyMetrics } from './metrics.ts';
import { azurePolicySource } from './sources/azure-policy/index.ts';
import { reportFilesSource } from './sources/files/index.ts';
import { reportPosts } from './sources/posts/index.ts';
import { hcpTerraformSource } from './sources/sentinel/index.ts';

export interface PolicyOptions {
  readonly now?: () => Date;
  /** A UTC day: a change of ownership holds from then on, and not from today. */
  readonly reassignFrom?: string;
}

export function policyExporter(config: PolicyConfig, ownership: Ownership, options: PolicyOptions = {}): Exporter {
  const { reassignFrom } = options;
  const sources: readonly Source[] = [
    ...config.files.map(item => reportFilesSource(item)),
    ...reportPosts(config.posts, ownership),
    ...config.azure_policy.map(item => azurePolicySource(item, { reads: ownership.reads })),
    ...config.hcp_terraform.map(item => hcpTerraformSource(item)),
  ];
  return {
    name: 'policy',
    tables: [new URL('../catalog/tables.sql', import.meta.url), new URL('../findings/tables.sql', import.meta.url)],
    sources,
    metrics: policyMetrics,
    facts: findingFacts,
    prepare: async (tx, context) => {
      await recordVersion(tx, ownership, {
        now: context.now(),
        ...(reassignFrom === undefined ? {} : { reassignFrom }),
      });
    },
    derive: async tx => {
      await syncOwners(tx);
      await settleOwners(tx);
    },
  };
}
