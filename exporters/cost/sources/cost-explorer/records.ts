/** From a month's answer to FOCUS records: a day, an account, a service and so on of one charge category each. */
import type { FocusRecord } from '../../bills/records.ts';
import { unitsText } from '../../decimal.ts';
import type { CostExplorerConfig } from './config.ts';
import type { MonthAnswer } from './month.ts';
import type { CubeRow } from './query.ts';
import { chargeCategory } from './record-types.ts';

const columns = {
  LINKED_ACCOUNT: 'SubAccountId',
  SERVICE: 'ServiceName',
  REGION: 'RegionId',
  USAGE_TYPE: 'SkuId',
} as const;

export function focusRecords(config: CostExplorerConfig, month: MonthAnswer): FocusRecord[] {
  const [primary = []] = config.cubes;
  const period = `${month.days.start.slice(0, 7)}-01`;
  const base = (row: CubeRow): FocusRecord => ({
    ProviderName: 'AWS',
    BillingAccountId: config.billing_account,
    BillingPeriodStart: period,
    ChargePeriodStart: row.day,
    BillingCurrency: row.currency,
    ...named(primary, row, config.billing_account),
  });
  return month.charges.flatMap(({ group, rows }) =>
    rows.flatMap((row): FocusRecord[] => {
      const record = { ...base(row), BilledCost: unitsText(row.billed), ChargeCategory: chargeCategory[group] };
      if (group !== 'commitment_fee') return [{ ...record, EffectiveCost: unitsText(row.effective) }];
      // What a commitment's recurring fee amortises to is the part of it that no usage took.
      return [
        { ...record, EffectiveCost: '0' },
        ...(row.effective === 0n
          ? []
          : [
              {
                ...base(row),
                BilledCost: '0',
                EffectiveCost: unitsText(row.effective),
                ChargeCategory: 'Usage',
                CommitmentDiscountStatus: 'Unused',
              },
            ]),
      ];
    }),
  );
}

/** Whether a cube tells anything of tags. */
export const hasTags = (cube: readonly string[]): boolean => cube.some(key => key.startsWith('TAG:'));

function named(cube: readonly string[], row: CubeRow, account: string): FocusRecord {
  const tags: Record<string, string> = {};
  const record: Record<string, string> = {};
  for (const [index, key] of cube.entries()) {
    const value = row.keys[index] ?? '';
    if (value === '') continue;
    if (key.startsWith('TAG:')) tags[key.slice('TAG:'.length)] = value;
    else record[columns[key as keyof typeof columns]] = value;
  }
  // What has a tag, or lacks it, is some resource of the account: without one, a charge could carry no tag.
  const ResourceId = hasTags(cube) ? (record.SubAccountId ?? account) : undefined;
  return { ...record, ResourceId, ...(Object.keys(tags).length > 0 ? { tags } : {}) };
}
