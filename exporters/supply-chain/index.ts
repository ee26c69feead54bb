/** The supply-chain exporter: what runs, what is in it, how bad, for how long, and whether it is signed. */
import { syncOwners } from '../catalog/owners.ts';
import type { Ownership } from '../catalog/ownership.ts';
import { recordVersion } from '../catalog/versions.ts';
import type { Exporter } from '../core/exporter.ts';
import type { Source } from '../core/source.ts';
import { findingRetention } from '../findings/retention.ts';
import { findingFacts, settleOwners } from '../findings/store.ts';
import { componentsApi } from './components-api.ts';
import type { SupplyChainConfig } from './config.ts';
import { derivedFacts, derivedTables, deriveSupplyChain } from './derive.ts';
import { deriveGate } from './gate/derive.ts';
import { gateApi } from './gate-api.ts';
import { deriveLicenses } from './licenses/derive.ts';
import { supplyChainMetrics } from './metrics.ts';
import { configureSupplyChain } from './settings.ts';
import { epssSource, kevSource } from './sources/exploited/index.ts';
import { documentFilesSource } from './sources/files/index.ts';
import { documentPosts } from './sources/posts/index.ts';
import { snykApiSource } from './sources/snyk-api/index.ts';
import { supplyChainFacts } from './store.ts';
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
  const { reassignFrom } = options;
  const sources: readonly Source[] = [
    ...config.files.map(item => documentFilesSource(item)),
    ...documentPosts(config.posts, { ownership }),
    ...config.snyk.map(item => snykApiSource(item)),
    ...(config.kev ? [kevSource(config.kev)] : []),
    ...(config.epss ? [epssSource(config.epss)] : []),
  ];
  const facts = [...findingFacts, ...supplyChainFacts, ...derivedFacts];
  return {
    name: 'supply-chain',
    tables: [
      new URL('../catalog/tables.sql', import.meta.url),
      new URL('../findings/tables.sql', import.meta.url),
      new URL('../vendors/kubernetes/tables.sql', import.meta.url),
      new URL('./tables.sql', import.meta.url),
      derivedTables,
    ],
    sources,
    metrics: supplyChainMetrics,
    facts,
    retention: findingRetention,
    api: [componentsApi, gateApi({ facts, rules: config.gate.rules })],
    prepare: async (tx, context) => {
      await recordVersion(tx, ownership, {
        now: context.now(),
        ...(reassignFrom === undefined ? {} : { reassignFrom }),
      });
      await configureSupplyChain(tx, config);
    },
    derive: async (tx, context) => {
      await deriveLicenses(tx, config.licenses, context.now());
      await syncOwners(tx);
      await settleOwners(tx);
      await deriveSupplyChain(tx, context.now());
      await deriveWatches(tx, config.watch);
      await deriveGate(tx, { now: context.now(), rules: config.gate.rules, facts });
    },
  };
}
