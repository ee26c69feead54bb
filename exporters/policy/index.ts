/** The policy exporter: what is violated, by whom, since when, and when it can be enforced. */
import { syncOwners } from '../catalog/owners.ts';
import type { Ownership } from '../catalog/ownership.ts';
import { recordVersion } from '../catalog/versions.ts';
import type { Exporter } from '../core/exporter.ts';
import type { Source } from '../core/source.ts';
import { findingRetention } from '../findings/retention.ts';
import { findingFacts, settleOwners } from '../findings/store.ts';
import { coverageNotices } from './check.ts';
import type { PolicyConfig } from './config.ts';
import { explainPolicy } from './explain.ts';
import { findingsApi } from './findings-api.ts';
import { policyMetrics } from './metrics.ts';
import { requirementMappings } from './requirements.ts';
import { reviewPolicy } from './review.ts';
import { configurePolicy, derivePolicy } from './settings.ts';
import { azurePolicySource } from './sources/azure-policy/index.ts';
import { reportFilesSource } from './sources/files/index.ts';
import { kindNotices } from './sources/files/kinds.ts';
import { gatekeeperSource } from './sources/gatekeeper/cluster.ts';
import { kyvernoSource } from './sources/kyverno/index.ts';
import { checkOpa, opaFacts, opaKeeps, opaSources, opaTables } from './sources/opa/index.ts';
import { reportPosts } from './sources/posts/index.ts';
import { hcpTerraformSource } from './sources/sentinel/index.ts';
import { policySubjects } from './subjects.ts';
import { policyOfTeam } from './team-page.ts';

export { readByContent } from './by-content.ts';
export { reportKinds } from './kinds.ts';
export type { ReportKind, Subject } from './reading.ts';
export { auto } from './sources/files/config.ts';

export interface PolicyOptions {
  readonly now?: () => Date;
  /** A UTC day: a change of ownership holds from then on, and not from today. */
  readonly reassignFrom?: string;
}

export function policyExporter(config: PolicyConfig, ownership: Ownership, options: PolicyOptions = {}): Exporter {
  const { now = () => new Date(), reassignFrom } = options;
  const sources: readonly Source[] = [
    ...config.files.map(item => reportFilesSource(item)),
    ...reportPosts(config.posts, ownership),
    ...config.kyverno.map(item => kyvernoSource(item, { tags: ownership.reads.tags })),
    ...opaSources(config.opa),
    ...config.gatekeeper.map(item => gatekeeperSource(item, { tags: ownership.reads.tags })),
    ...config.azure_policy.map(item => azurePolicySource(item, { reads: ownership.reads })),
    ...config.hcp_terraform.map(item => hcpTerraformSource(item)),
  ];
  return {
    name: 'policy',
    tables: [
      new URL('../catalog/tables.sql', import.meta.url),
      new URL('../findings/tables.sql', import.meta.url),
      new URL('../vendors/kubernetes/tables.sql', import.meta.url),
      opaTables,
      new URL('./tables.sql', import.meta.url),
      new URL('./sources/gatekeeper/tables.sql', import.meta.url),
    ],
    sources,
    metrics: policyMetrics,
    subjects: policySubjects,
    facts: [...findingFacts, ...opaFacts],
    retention: [...findingRetention, ...opaKeeps(config.opa)],
    check: async ledger => [
      ...(await kindNotices(ledger)),
      ...(await coverageNotices(ledger, now())),
      ...(await checkOpa(ledger, config.opa)),
    ],
    api: [findingsApi(findingFacts)],
    teamPage: policyOfTeam,
    review: (ledger, asked) => reviewPolicy(ledger, asked, findingFacts),
    explain: (ledger, kind, id) => explainPolicy(ledger, { now: now(), facts: findingFacts }, kind, id),
    prepare: async (tx, context) => {
      await recordVersion(tx, ownership, {
        now: context.now(),
        ...(reassignFrom === undefined ? {} : { reassignFrom }),
      });
      await configurePolicy(tx, config, requirementMappings);
    },
    derive: async tx => {
      await syncOwners(tx);
      await settleOwners(tx);
      await derivePolicy(tx);
    },
  };
}
