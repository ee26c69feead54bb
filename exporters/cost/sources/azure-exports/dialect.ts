/**
 * Azure's cost exports as FOCUS columns. Follows the FinOps Foundation's conversion rules for Azure, but for the cost
 * that an export does not know:
 *
 * - An `actual` export has what is billed. What is effective it doesn't know; each charge counts in full where it is
 *   billed, so that its sum is the bill's.
 * - An `amortized` export has what is effective. What a commitment covers, or was not used of it, is billed by a
 *   purchase that is not in the file: its billed cost is 0.
 */

import {
  azureProvider,
  chargeCategories,
  commitmentModels,
  otherCategory,
  serviceCategories,
  unusedTypes,
} from '../../azure-terms.ts';
import type { BillDialect } from '../../bills/dialect.ts';
import { type ExportColumns, type ExportField, exportColumns, exportNames } from './columns.ts';

export type ExportCost = 'actual' | 'amortized';

export interface AzureExportOptions {
  readonly cost: ExportCost;
  /** The billing account of rows that name none, as pay-as-you-go exports do. */
  readonly billingAccount: string | undefined;
}

export const azureExportDialect = ({ cost, billingAccount }: AzureExportOptions): BillDialect => ({
  // All that changes the projection: bills are read again where it differs.
  name: ['azure_export', cost, ...(billingAccount === undefined ? [] : [billingAccount])].join(' '),
  project: (names, types) => {
    const columns = exportColumns(names);
    for (const field of ['cost', 'day'] as const)
      if (columns[field].length === 0) return { missing: exportNames[field] ?? field };
    const text = (field: ExportField) => textOf(columns, types, field);
    const word = (field: ExportField) => `lower(replace(coalesce(${text(field)}, ''), ' ', ''))`;
    const isUnused = `${word('chargeType')} IN (${list(unusedTypes)})`;
    const isUsage = `${word('chargeType')} IN ('', 'usage')`;
    const isCovered = `(${isUsage} AND (${word('pricingModel')} IN (${list(commitmentModels)})
      OR (${word('pricingModel')} = '' AND ${text('commitment')} IS NOT NULL)))`;
    const amount = numberOf(columns, types, 'cost');
    return {
      expressions: {
        BilledCost: cost === 'actual' ? amount : `CASE WHEN ${isCovered} OR ${isUnused} THEN '0' ELSE ${amount} END`,
        EffectiveCost: amount,
        ...(columns.listCost.length > 0 && { ListCost: numberOf(columns, types, 'listCost') }),
        ...(columns.quantity.length > 0 && { ConsumedQuantity: numberOf(columns, types, 'quantity') }),
        ConsumedUnit: text('unit'),
        ChargePeriodStart: timeOf(columns, types, 'day'),
        ...(columns.period.length > 0 && { BillingPeriodStart: timeOf(columns, types, 'period') }),
        ProviderName: literal(azureProvider),
        InvoiceIssuerName: literal(azureProvider),
        BillingAccountId:
          billingAccount === undefined ? text('account') : `coalesce(${text('account')}, ${literal(billingAccount)})`,
        SubAccountId: text('subscription'),
        RegionId: `lower(replace(${text('region')}, ' ', ''))`,
        ServiceCategory: mapped(`lower(trim(${text('family')}))`, serviceCategories, text('family')),
        ServiceName: text('service'),
        SkuId: text('meter'),
        ChargeCategory: `CASE WHEN ${text('chargeType')} IS NULL THEN 'Usage' ELSE ${mapped(word('chargeType'), chargeCategories, literal(otherCategory))} END`,
        CommitmentDiscountId: text('commitment'),
        CommitmentDiscountStatus: `CASE WHEN ${isUnused} THEN 'Unused' WHEN ${isCovered} THEN 'Used' END`,
        ...(columns.currency.length > 0 && { BillingCurrency: text('currency') }),
        ResourceId: text('resource'),
        InvoiceId: text('invoice'),
        Tags: text('tags'),
      },
    };
  },
});

const literal = (text: string) => `'${text.replaceAll("'", "''")}'`;
const list = (words: readonly string[]) => words.map(literal).join(', ');

const mapped = (value: string, map: Readonly<Record<string, string>>, otherwise: string) =>
  `CASE ${value} ${Object.entries(map)
    .map(([from, to]) => `WHEN ${literal(from)} THEN ${literal(to)}`)
    .join(' ')} ELSE ${otherwise} END`;

const typeOf = (types: readonly string[], index: number) => types[index] ?? 'VARCHAR';

/** The first column's text that isn't empty; NULL where there is none. Tags of Parquet files may be maps. */
function textOf(columns: ExportColumns, types: readonly string[], field: ExportField): string {
  const parts = columns[field].map(index => {
    const type = typeOf(types, index);
    if (type === 'VARCHAR') return `nullif(trim(c${index}), '')`;
    return /^(MAP|STRUCT|JSON)|\[\]$/.test(type) ? `to_json(c${index})::VARCHAR` : `c${index}::VARCHAR`;
  });
  if (parts.length === 0) return 'NULL::VARCHAR';
  return parts.length === 1 ? parts[0]! : `coalesce(${parts.join(', ')})`;
}

/** Of several columns the first is taken: a sum over two currencies would be none. */
const numberOf = (columns: ExportColumns, types: readonly string[], field: ExportField) =>
  textOf({ ...columns, [field]: columns[field].slice(0, 1) }, types, field);

/** UTC; what has a time zone is written without. */
function timeOf(columns: ExportColumns, types: readonly string[], field: ExportField): string {
  const [index] = columns[field];
  if (index === undefined) return 'NULL::VARCHAR';
  return typeOf(types, index) === 'TIMESTAMP WITH TIME ZONE'
    ? `make_timestamp(epoch_us(c${index}))::VARCHAR`
    : textOf({ ...columns, [field]: [index] }, types, field);
}
