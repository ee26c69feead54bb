/** One of Azure's cost exports in plumbline.yaml. */
import { z } from 'zod';
import { billFileShape, sourceName } from '../../bills/config.ts';

const text = z.string().trim().min(1);

export const azureExportSchema = z
  .strictObject({
    path: text.describe(
      "The folder that the export's container or directory is copied or mounted to, relative to this file: manifests, CSV, gzip and Parquet.",
    ),
    name: sourceName('azure-exports'),
    ...billFileShape,
    cost: z
      .enum(['actual', 'amortized'])
      .describe(
        'What the export holds: actual cost is what is billed; amortized cost is what is effective, commitments spread over what they cover. FOCUS exports hold both and are read by cost.focus.',
      ),
    delivery: z
      .enum(['runs', 'snapshots'])
      .default('runs')
      .describe(
        'runs: a folder per period holds parts, or a folder per run with parts and a manifest, and the newest complete run is all of the period; snapshots: each file is all of its billing account and period, as older exports without a manifest write them.',
      ),
    billing_account: text
      .optional()
      .describe('The billing account of rows that name none, as those of pay-as-you-go subscriptions do.'),
  })
  .describe('Cost and usage details that Azure Cost Management exports to storage.');

export type AzureExportConfig = z.infer<typeof azureExportSchema>;

/**
 * The positions of exports that can't be authoritative beside an earlier one: an amortized and an actual export count
 * the same money, unless they are said to be of different billing accounts.
 */
export function clashingExports(
  exports: readonly Pick<AzureExportConfig, 'cost' | 'role' | 'billing_account'>[],
): number[] {
  return exports.flatMap((one, index) => {
    const clash = exports
      .slice(0, index)
      .some(
        other =>
          one.role === 'authoritative' &&
          other.role === 'authoritative' &&
          one.cost !== other.cost &&
          (one.billing_account === undefined ||
            other.billing_account === undefined ||
            one.billing_account === other.billing_account),
      );
    return clash ? [index] : [];
  });
}
