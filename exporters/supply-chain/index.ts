/** The supply-chain exporter: what runs, what is in it, how bad, for how long, and whether it is signed. */
import { syncOwners } from '../catalog/owners.ts';
import type { Ownership } from '../catalog/ownership.ts';
import { recordVersion } from '../catalog/versions.ts';
import type { Exporter } from '../core/exporter.ts';
import type { Source } from '../core/source.ts';
import { findingRetention } from '../findings/retention.ts';
import { findingFacts, settleOwners } from '../findings/store.ts';
import { supplyChainNotices } from './check.ts';
import { componentsApi } from './components-api.ts';
import type { SupplyChainConfig } from './config.ts';
import { derivedFacts, derivedTables, deriveSupplyChain } from './derive.ts';
import { explainSupplyChain } from './explain.ts';
import { findingsApi } from './findings-api.ts';
import { deriveGate } from './gate/derive.ts';
import { gateApi } from './gate-api.ts';
import { imagesApi } from './images-api.ts';
import { deriveLicenses } from './licenses/derive.ts';
import { supplyChainMetrics } from './metrics.ts';
import { supplyChainRetention } from './retention.ts';
import { reviewSupplyChain } from './review.ts';
import { configureSupplyChain } from './settings.ts';
import {
  dependabotApiSource,
  dependabotRetention,
  dependabotTables,
  dependabotWebhooks,
} from './sources/dependabot-api/index.ts';
import { epssSource, kevSource } from './sources/exploited/index.ts';
import { documentFilesSource } from './sources/files/index.ts';
import { runningKubernetesSource } from './sources/kubernetes/index.ts';
import { documentPosts } from './sources/posts/index.ts';
import { registrySource, registryTables } from './sources/registry/index.ts';
import { snykApiSource } from './sources/snyk-api/index.ts';
import { trivyOperatorSource } from './sources/trivy-operator/api.ts';
import { settleExceptions, supplyChainFacts } from './store.ts';
import { supplyChainSubjects } from './subjects.ts';
import { supplyChainOfTeam } from './team-page.ts';
import { makeVerifier } from './verification/index.ts';
import { deriveWatches } from './watch/derive.ts';

export { documentKinds } from './kinds.ts';
export type { DocumentKind } from './reading.ts';

export interface SupplyChainOptions {
  readonly now?: () => Date;
  /** A UTC day: a change of ownership holds from then on, and not from today. */
  readonly reassignFrom?: string;
}

export function supplyChainExporter(
  config: SupplyChainConfig,
  ownership: Ownership,
  options: SupplyChainOptions = {},
): Exporter {
  const { now = () => new Date(), reassignFrom } = options;
  const facts = [...findingFacts, ...supplyChainFacts, ...derivedFacts];
  const verifier = config.verification && makeVerifier(config.verification);
  const sources: readonly Source[] = [
    ...config.files.map(item => documentFilesSource(item, { verifier })),
    ...documentPosts(config.posts, { ownership, verifier }),
    ...config.dependabot.flatMap((item): readonly Source[] => {
      const webhooks = dependabotWebhooks(item);
      const isAsked = [item.organizations, item.enterprises, item.repositories].some(names => names.length > 0);
      return [...(isAsked ? [dependabotApiSource(item)] : []), ...(webhooks ? [webhooks] : [])];
    }),
    ...config.snyk.map(item => snykApiSource(item)),
    ...(config.kev ? [kevSource(config.kev)] : []),
    ...(config.epss ? [epssSource(config.epss)] : []),
    ...config.kubernetes.map(item => runningKubernetesSource(item, { tags: ownership.reads.tags })),
    ...config.trivy_operator.map(item => trivyOperatorSource(item, { tags: ownership.reads.tags })),
    ...config.registries.map(item => registrySource(item, { verifier })),
  ];
  return {
    name: 'supply-chain',
    tables: [
      new URL('../catalog/tables.sql', import.meta.url),
      new URL('../findings/tables.sql', import.meta.url),
      new URL('../vendors/kubernetes/tables.sql', import.meta.url),
      new URL('./tables.sql', import.meta.url),
      dependabotTables,
      registryTables,
      derivedTables,
    ],
    sources,
    metrics: supplyChainMetrics,
    subjects: supplyChainSubjects,
    facts,
    retention: [...findingRetention, ...supplyChainRetention, ...dependabotRetention],
    check: ledger => supplyChainNotices(ledger, facts, now()),
    api: [findingsApi(facts), imagesApi(facts), componentsApi, gateApi({ facts, rules: config.gate.rules })],
    teamPage: supplyChainOfTeam,
    review: (ledger, asked) => reviewSupplyChain(ledger, asked, facts),
    explain: (ledger, kind, id) => explainSupplyChain(ledger, { now: now(), facts }, kind, id),
    prepare: async (tx, context) => {
      await recordVersion(tx, ownership, {
        now: context.now(),
        ...(reassignFrom === undefined ? {} : { reassignFrom }),
      });
      await configureSupplyChain(tx, config);
    },
    derive: async (tx, context) => {
      await settleExceptions(tx, context.now());
      await deriveLicenses(tx, config.licenses, context.now());
      await syncOwners(tx);
      await settleOwners(tx);
      await deriveSupplyChain(tx, context.now());
      await deriveWatches(tx, config.watch);
      await deriveGate(tx, { now: context.now(), rules: config.gate.rules, facts });
    },
  };
}
