/** AWS Cost and Usage Reports, legacy (CSV, Parquet) and 2.0 (Data Exports), as FOCUS columns. */
import type { BillDialect, Projection } from '../../bills/dialect.ts';
import { unusedPart } from '../../bills/normalise.ts';
import { literal } from '../../bills/scan.ts';
import { type CurColumns, curColumns } from './columns.ts';
import { categories, commitmentFees, usedTypes } from './line-items.ts';
import { serviceCategories } from './services.ts';
import { tagsOf } from './tags.ts';

/** Without them a line is no charge. */
const required = [
  'lineItem/LineItemType',
  'lineItem/UsageStartDate',
  'lineItem/UnblendedCost',
  'bill/PayerAccountId',
] as const;

export const awsCurDialect: BillDialect = {
  name: 'aws_cur',
  project: (names, types) => {
    const columns = curColumns(names, types);
    const missing = required.find(name => columns.text(name) === undefined);
    return missing === undefined ? { expressions: project(columns) } : { missing };
  },
};

function project(columns: CurColumns): Projection {
  const { text, entry } = columns;
  const first = (...parts: readonly (string | undefined)[]) => {
    const given = parts.filter(part => part !== undefined);
    return given.length > 1 ? `coalesce(${given.join(', ')})` : (given[0] ?? none);
  };
  const type = first(text('lineItem/LineItemType'));
  const is = (...types: readonly string[]) => `${type} IN (${types.map(literal).join(', ')})`;
  const isUsed = is(...usedTypes);
  const reservation = text('reservation/ReservationARN');
  const upfront = reservation === undefined ? undefined : `${type} = 'Fee' AND ${reservation} IS NOT NULL`;

  const unblended = first(text('lineItem/UnblendedCost'));
  const paid = first(text('lineItem/NetUnblendedCost'), unblended);
  const onDemand = first(
    text('pricing/publicOnDemandCost'),
    times(text('pricing/publicOnDemandRate'), text('lineItem/UsageAmount')),
  );
  const effective = {
    SavingsPlanCoveredUsage: first(
      text('savingsPlan/NetSavingsPlanEffectiveCost'),
      text('savingsPlan/SavingsPlanEffectiveCost'),
    ),
    SavingsPlanRecurringFee: sum(text('savingsPlan/TotalCommitmentToDate'), '-', text('savingsPlan/UsedCommitment')),
    SavingsPlanNegation: zero,
    SavingsPlanUpfrontFee: zero,
    DiscountedUsage: first(text('reservation/NetEffectiveCost'), text('reservation/EffectiveCost')),
    RIFee: sum(
      first(
        text('reservation/NetUnusedAmortizedUpfrontFeeForBillingPeriod'),
        text('reservation/UnusedAmortizedUpfrontFeeForBillingPeriod'),
      ),
      '+',
      first(text('reservation/NetUnusedRecurringFee'), text('reservation/UnusedRecurringFee')),
    ),
  };
  // What a commitment's fee pays for is listed where it is used.
  const isListedElsewhere = [is('SavingsPlanNegation', 'SavingsPlanUpfrontFee', ...commitmentFees), upfront]
    .filter(condition => condition !== undefined)
    .join(' OR ');
  const isDiscount = is(...categories.Usage.filter(name => name.endsWith('Discount')));
  const product = first(text('lineItem/ProductCode'));

  return {
    ProviderName: literal('AWS'),
    InvoiceIssuerName: first(text('bill/InvoicingEntity')),
    BillingAccountId: first(text('bill/PayerAccountId')),
    SubAccountId: first(text('lineItem/UsageAccountId')),
    // Blank until the period is final.
    InvoiceId: first(text('bill/InvoiceId')),
    BillingPeriodStart: first(text('bill/BillingPeriodStartDate')),
    ChargePeriodStart: first(text('lineItem/UsageStartDate')),
    ...(text('lineItem/CurrencyCode') === undefined ? {} : { BillingCurrency: first(text('lineItem/CurrencyCode')) }),
    BilledCost: `CASE WHEN ${is('SavingsPlanCoveredUsage', 'SavingsPlanNegation')} THEN ${zero} ELSE ${paid} END`,
    EffectiveCost: `CASE ${Object.entries(effective)
      .map(([name, cost]) => `WHEN ${type} = ${literal(name)} THEN ${cost}`)
      .join(' ')}${upfront === undefined ? '' : ` WHEN ${upfront} THEN ${zero}`} ELSE ${paid} END`,
    ListCost: `CASE WHEN ${isUsed} THEN coalesce(${onDemand}, ${paid})
      WHEN ${isListedElsewhere} OR ${isDiscount} THEN ${zero} ELSE ${paid} END`,
    ContractedCost: `CASE WHEN ${type} = 'SavingsPlanCoveredUsage' THEN ${unblended}
      WHEN ${type} = 'DiscountedUsage' THEN ${onDemand}
      WHEN ${isListedElsewhere} THEN ${zero} ELSE ${paid} END`,
    // Discounts and negations repeat the amount of what they are about.
    ConsumedQuantity: `CASE WHEN ${isUsed} THEN ${first(text('lineItem/UsageAmount'))} END`,
    ConsumedUnit: `CASE WHEN ${isUsed} THEN ${first(text('pricing/unit'))} END`,
    ChargeCategory: `CASE ${Object.entries(categories)
      .map(([category, types]) => `WHEN ${is(...types)} THEN ${literal(category)}`)
      .join(' ')} END`,
    ChargeClass: `CASE WHEN ${type} = 'Refund' OR ${first(text('bill/BillType'))} = 'Refund' THEN 'Correction' END`,
    CommitmentDiscountStatus: `CASE WHEN ${is('DiscountedUsage', 'SavingsPlanCoveredUsage')} THEN 'Used'
      WHEN ${is(...commitmentFees)} THEN ${literal(unusedPart)} END`,
    CommitmentDiscountId: first(text('savingsPlan/SavingsPlanARN'), reservation),
    ServiceCategory: `coalesce(map_extract_value(${categoryMap}, ${product}), 'Other')`,
    ServiceName: first(
      text('product/ProductName'),
      entry('product', 'product_name'),
      text('product/servicename'),
      entry('product', 'servicename'),
      text('lineItem/ProductCode'),
    ),
    SkuId: first(text('product/sku'), entry('product', 'sku')),
    RegionId: first(text('product/region'), entry('product', 'region'), text('product/regionCode')),
    ResourceId: first(text('lineItem/ResourceId')),
    Tags: tagsOf(columns) ?? none,
  };
}

const none = 'NULL::VARCHAR';
const zero = literal('0');
const money = 'DECIMAL(38, 10)';
const decimal = (text: string) => `try_cast(${text} AS ${money})`;

const categoryMap = `MAP {${[...serviceCategories].map(([code, category]) => `${literal(code)}: ${literal(category)}`).join(', ')}}`;

/** Both texts where one is no number, so that the row is refused with them; a part that a row lacks is 0. */
function sum(one: string | undefined, sign: '+' | '-', other: string | undefined): string {
  if (one === undefined || other === undefined) return none;
  const part = (text: string) => `CASE WHEN ${text} IS NULL THEN 0 ELSE ${decimal(text)} END`;
  return `CASE WHEN coalesce(${one}, ${other}) IS NOT NULL
    THEN coalesce((${part(one)} ${sign} ${part(other)})::VARCHAR, concat_ws(' ', ${one}, ${other})) END`;
}

const times = (one: string | undefined, other: string | undefined): string | undefined =>
  one === undefined || other === undefined
    ? undefined
    : `(try_cast(${one} AS DECIMAL(18, 10)) * try_cast(${other} AS DECIMAL(18, 8)))::VARCHAR`;
