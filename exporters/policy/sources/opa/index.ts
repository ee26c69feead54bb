/** Open Policy Agent: what its decision log and its status say, posted or in files. */
import type { Notice } from '../../../core/exporter.ts';
import type { Ledger } from '../../../core/ledger.ts';
import type { Retention } from '../../../core/retention.ts';
import type { Source } from '../../../core/source.ts';
import { opaNotices } from './check.ts';
import type { OpaConfig } from './config.ts';
import { opaFiles } from './files.ts';
import { minuteTables } from './minutes.ts';
import { opaPosts } from './posts.ts';
import { opaRetention } from './retention.ts';

export const opaTables = new URL('./tables.sql', import.meta.url);

/** Tables whose rows count from when they came to be so. */
export const opaFacts: readonly string[] = [...minuteTables.map(({ table }) => table), 'opa_states', 'opa_bundles'];

export const opaSources = (configs: readonly OpaConfig[]): Source[] =>
  configs.flatMap(config => [
    opaPosts(config),
    ...config.files.map((files, index) =>
      opaFiles(config, files, `${config.name}-files${index === 0 ? '' : `-${index + 1}`}`),
    ),
  ]);

export const opaKeeps = (configs: readonly OpaConfig[]): readonly Retention[] =>
  opaRetention(Math.max(3, ...configs.map(({ remember_days }) => remember_days)));

export const checkOpa = (ledger: Ledger, configs: readonly OpaConfig[]): Promise<readonly Notice[]> =>
  opaNotices(ledger, configs);
