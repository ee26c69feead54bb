/**
 * Azure's cost exports in a folder: runs with a manifest and parts (CSV, gzip, Parquet), of Enterprise Agreements,
 * Customer Agreements and pay-as-you-go subscriptions. The newest complete run of a period takes the place of those
 * before it, whether Azure overwrites reports or makes new ones.
 */
import type { ReadSource } from '../../../core/source.ts';
import { fileOptions } from '../../bills/config.ts';
import { billFiles } from '../../bills/files.ts';
import type { ReadsOf } from '../../bills/reads.ts';
import type { AzureExportConfig } from './config.ts';
import { azureExportDialect } from './dialect.ts';
import { type Admission, admit } from './runs.ts';

export function azureExportsSource(config: AzureExportConfig, readsOf: ReadsOf): ReadSource {
  const { path, cost, delivery, billing_account } = config;
  let admitted: Admission | undefined;
  return billFiles(
    {
      ...fileOptions(config),
      what: `Azure export of ${cost} costs`,
      key: 'cost.azure_exports[].path',
      dialect: azureExportDialect({ cost, billingAccount: billing_account }),
      fetch: async context => {
        admitted = await admit(path, { cost, delivery });
        for (const { folder, reason } of admitted.left)
          context.log.info({ folder, reason }, 'export run is left aside');
      },
      isBill: file => admitted?.files.has(file) ?? false,
    },
    readsOf,
  );
}
