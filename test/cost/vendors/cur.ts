/**
 * A month of a made-up AWS organisation: one line of each kind, as a Cost and Usage Report has it and as FOCUS does.
 * Source of the columns: AWS Data Exports User Guide, "Cost and Usage Report dictionary".
 */
import { bill } from '../sources/focus-books.ts';

/** Values by the legacy report's column names. */
export type CurLine = Readonly<Record<string, string>>;

type FocusRow = Readonly<Record<string, string>>;

export interface UsageLine {
  readonly cur: CurLine;
  /** What FOCUS has for it. */
  readonly focus: readonly FocusRow[];
}

const payer = '100000000001';
const plan = 'arn:aws:savingsplans::100000000001:savingsplan/sp-1';
const reservation = 'arn:aws:rds:eu-central-1:100000000001:ri:ri-1';

const products = {
  AmazonEC2: ['Amazon Elastic Compute Cloud', 'Compute'],
  AmazonRDS: ['Amazon Relational Database Service', 'Databases'],
  AmazonS3: ['Amazon Simple Storage Service', 'Storage'],
  ComputeSavingsPlans: ['Savings Plans for AWS Compute usage', 'Compute'],
  OCBPremiumSupport: ['AWS Premium Support', 'Management and Governance'],
} as const;

interface Item {
  readonly type: string;
  readonly product: keyof typeof products;
  readonly day: string;
  readonly cost: string;
  readonly account?: string;
  readonly team?: string;
  readonly resource?: string;
  readonly amount?: string;
  readonly onDemand?: string;
  readonly more?: CurLine;
  readonly focus: readonly FocusRow[];
}

function lineOf(item: Item, { invoice, month }: { readonly invoice: string; readonly month: string }): UsageLine {
  const { type, product, day, cost, account = '200000000011', team, resource = '', amount, onDemand, more } = item;
  const [name, category] = products[product];
  const used = amount !== undefined;
  const start = `${month}-01T00:00:00.000Z`;
  return {
    cur: {
      'bill/InvoiceId': invoice,
      'bill/InvoicingEntity': 'Amazon Web Services, Inc.',
      'bill/BillingEntity': 'AWS',
      'bill/BillType': 'Anniversary',
      'bill/PayerAccountId': payer,
      'bill/BillingPeriodStartDate': start,
      'lineItem/UsageAccountId': account,
      'lineItem/LineItemType': type,
      'lineItem/UsageStartDate': `${day}T00:00:00.000Z`,
      'lineItem/ProductCode': product,
      'lineItem/ResourceId': resource,
      'lineItem/UsageAmount': amount ?? '',
      'lineItem/CurrencyCode': 'USD',
      'lineItem/UnblendedCost': cost,
      'lineItem/LineItemDescription': `${type} of ${name}, "as billed"`,
      'product/ProductName': name,
      'product/region': used ? 'eu-central-1' : '',
      'product/sku': used ? `SKU-${product}` : '',
      'pricing/publicOnDemandCost': onDemand ?? '',
      'pricing/unit': used ? 'Hrs' : '',
      'resourceTags/user:team': team ?? '',
      'resourceTags/user:note': team === undefined ? '' : 'a "quoted", thing',
      'resourceTags/aws:createdBy': team === undefined ? '' : 'IAMUser:x',
      ...more,
    },
    focus: item.focus.map(row => ({
      ProviderName: 'AWS',
      InvoiceIssuerName: 'Amazon Web Services, Inc.',
      InvoiceId: invoice,
      BillingAccountId: payer,
      SubAccountId: account,
      BillingPeriodStart: start,
      ChargePeriodStart: `${day}T00:00:00Z`,
      BillingCurrency: 'USD',
      ServiceName: name,
      ServiceCategory: category,
      SkuId: used ? `SKU-${product}` : '',
      RegionId: used ? 'eu-central-1' : '',
      ResourceId: resource,
      Tags: team === undefined ? '' : JSON.stringify({ team, 'user:team': team }),
      ...row,
    })),
  };
}

const costs = (billed: string, effective: string, list: string, contracted: string) => ({
  BilledCost: billed,
  EffectiveCost: effective,
  ListCost: list,
  ContractedCost: contracted,
});
const same = (cost: string) => costs(cost, cost, cost, cost);

export interface UsageOptions {
  /** `2026-10`. */
  readonly month?: string;
  /** Blank while the period isn't final. */
  readonly invoice?: string;
  /** What the first line costs. */
  readonly price?: string;
}

/** One line of each kind that AWS documents. */
export function usage({ month = '2026-10', invoice = '', price = '1.5' }: UsageOptions = {}): readonly UsageLine[] {
  const day = (n: number) => `${month}-${String(n).padStart(2, '0')}`;
  const of = (item: Item) => lineOf(item, { invoice, month });
  const used = { ChargeCategory: 'Usage', ConsumedQuantity: '10', ConsumedUnit: 'Hrs' };
  const bought = { ChargeCategory: 'Purchase' };
  const reserved = { CommitmentDiscountId: reservation };
  const planned = { CommitmentDiscountId: plan };
  const unused = { ChargeCategory: 'Usage', CommitmentDiscountStatus: 'Unused' };
  const own = { 'savingsPlan/SavingsPlanARN': plan };
  return [
    of({
      ...{ type: 'Usage', product: 'AmazonEC2', day: day(2), cost: price, team: 'search', resource: 'i-1' },
      ...{ amount: '10', onDemand: '2.0' },
      focus: [{ ...used, ...costs(price, price, '2', price) }],
    }),
    of({
      ...{ type: 'Usage', product: 'AmazonS3', day: day(3), cost: '4.0E-7', resource: 'bucket', amount: '10' },
      focus: [{ ...used, ...same('0.0000004') }],
    }),
    of({
      ...{
        type: 'DiscountedUsage',
        product: 'AmazonRDS',
        day: day(4),
        cost: '0.0',
        team: 'payments',
        resource: 'db-1',
      },
      ...{ amount: '10', onDemand: '3.5' },
      more: { 'reservation/ReservationARN': reservation, 'reservation/EffectiveCost': '2.25' },
      focus: [{ ...used, ...reserved, ...costs('0', '2.25', '3.5', '3.5'), CommitmentDiscountStatus: 'Used' }],
    }),
    of({
      ...{ type: 'RIFee', product: 'AmazonRDS', day: day(1), cost: '20.0', account: payer },
      more: {
        'reservation/ReservationARN': reservation,
        'reservation/UnusedAmortizedUpfrontFeeForBillingPeriod': '1.5',
        'reservation/UnusedRecurringFee': '0.75',
      },
      focus: [
        { ...bought, ...reserved, ...costs('20', '0', '0', '0') },
        { ...unused, ...reserved, ...costs('0', '2.25', '0', '0') },
      ],
    }),
    of({
      ...{ type: 'Fee', product: 'AmazonRDS', day: day(1), cost: '1000', account: payer },
      more: { 'reservation/ReservationARN': reservation },
      focus: [{ ...bought, ...reserved, ...costs('1000', '0', '0', '0') }],
    }),
    of({
      ...{ type: 'SavingsPlanCoveredUsage', product: 'AmazonEC2', day: day(5), cost: '8.0', team: 'search' },
      ...{ resource: 'i-2', amount: '10', onDemand: '9.0' },
      more: { ...own, 'savingsPlan/SavingsPlanEffectiveCost': '5.0' },
      focus: [{ ...used, ...planned, ...costs('0', '5', '9', '8'), CommitmentDiscountStatus: 'Used' }],
    }),
    of({
      ...{ type: 'SavingsPlanNegation', product: 'AmazonEC2', day: day(5), cost: '-8.0' },
      more: { ...own, 'pricing/publicOnDemandCost': '9.0' },
      focus: [{ ...planned, ...same('0'), ChargeCategory: 'Usage' }],
    }),
    of({
      ...{ type: 'SavingsPlanRecurringFee', product: 'ComputeSavingsPlans', day: day(5), cost: '7.0', account: payer },
      more: { ...own, 'savingsPlan/TotalCommitmentToDate': '7.0', 'savingsPlan/UsedCommitment': '5.0000000001' },
      focus: [
        { ...bought, ...planned, ...costs('7', '0', '0', '0') },
        { ...unused, ...planned, ...costs('0', '1.9999999999', '0', '0') },
      ],
    }),
    of({
      ...{ type: 'SavingsPlanUpfrontFee', product: 'ComputeSavingsPlans', day: day(1), cost: '500', account: payer },
      more: own,
      focus: [{ ...bought, ...planned, ...costs('500', '0', '0', '0') }],
    }),
    of({
      ...{ type: 'Tax', product: 'AmazonEC2', day: day(1), cost: '12.34' },
      focus: [{ ...same('12.34'), ChargeCategory: 'Tax' }],
    }),
    of({
      ...{ type: 'Fee', product: 'OCBPremiumSupport', day: day(1), cost: '100', account: payer },
      focus: [{ ...bought, ...same('100') }],
    }),
    of({
      ...{ type: 'Credit', product: 'AmazonEC2', day: day(6), cost: '-3.5' },
      focus: [{ ...same('-3.5'), ChargeCategory: 'Credit' }],
    }),
    of({
      ...{ type: 'Refund', product: 'AmazonS3', day: day(7), cost: '-1.25' },
      more: { 'bill/BillType': 'Refund' },
      focus: [{ ...same('-1.25'), ChargeCategory: 'Adjustment', ChargeClass: 'Correction' }],
    }),
    ...['EdpDiscount', 'PrivateRateDiscount', 'BundledDiscount'].map(type =>
      of({
        ...{ type, product: 'AmazonEC2', day: day(2), cost: '-0.15', team: 'search', resource: 'i-1' },
        more: { 'lineItem/UsageAmount': '10', 'pricing/publicOnDemandCost': '2.0' },
        focus: [{ ...costs('-0.15', '-0.15', '0', '-0.15'), ChargeCategory: 'Usage' }],
      }),
    ),
  ];
}

export const focusBill = (lines: readonly UsageLine[]): string => bill(lines.flatMap(({ focus }) => focus));
