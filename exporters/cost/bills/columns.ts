/**
 * FOCUS columns by name, 1.0 to 1.4. Names are matched without case, blanks and underscores; a column that a version
 * dropped falls back to what took its place. Source: FOCUS specification, Cost and Usage, Billing Period, Invoice Detail
 * and Contract Commitment datasets.
 */

/** Where a field's value comes from: the first of these columns that holds one. */
const candidates = {
  billed: ['BilledCost'],
  effective: ['EffectiveCost'],
  list: ['ListCost'],
  contracted: ['ContractedCost'],
  quantity: ['ConsumedQuantity'],
  charge_day: ['ChargePeriodStart'],
  billing_period: ['BillingPeriodStart'],
  provider: ['ProviderName', 'ServiceProviderName', 'HostProviderName', 'InvoiceIssuerName', 'PublisherName'],
  issuer: ['InvoiceIssuerName'],
  billing_account: ['BillingAccountId', 'BillingAccountName'],
  sub_account: ['SubAccountId', 'SubAccountName'],
  region: ['RegionId', 'RegionName'],
  service_category: ['ServiceCategory'],
  service_name: ['ServiceName'],
  sku: ['SkuId'],
  charge_category: ['ChargeCategory'],
  charge_class: ['ChargeClass'],
  commitment_status: ['CommitmentDiscountStatus'],
  commitment: ['CommitmentDiscountId', 'CommitmentDiscountName'],
  currency: ['BillingCurrency'],
  unit: ['ConsumedUnit'],
  resource: ['ResourceId'],
  // Azure's FOCUS 1.0 exports have it under a name of their own, from before FOCUS had one.
  invoice: ['InvoiceId', 'x_InvoiceId'],
  tags: ['Tags'],
  status: ['BillingPeriodStatus'],
} as const;

export type FocusField = keyof typeof candidates;

/** A column that is read, by its name in the specification. */
export type FocusColumn = (typeof candidates)[FocusField][0];

/** The columns that are read, each by the first of its names. */
export const focusColumnNames: readonly FocusColumn[] = Object.values(candidates).map(names => names[0]);

/** The positions (0-based) of the columns that a field may take its value from, in order of preference. */
export type FocusColumns = Readonly<Record<FocusField, readonly number[]>>;

export type FocusDataset = 'cost_and_usage' | 'billing_period' | 'invoice_detail' | 'contract_commitment';

const plain = (name: string) => name.replace(/[\s_]/g, '').toLowerCase();
const readNames = new Set(Object.values(candidates).flat().map(plain));

export function focusColumns(names: readonly string[]): FocusColumns {
  const at = new Map<string, number>();
  names.forEach((name, index) => {
    if (!at.has(plain(name))) at.set(plain(name), index);
  });
  const positions = (field: FocusField) =>
    candidates[field].flatMap(name => {
      const index = at.get(plain(name));
      return index === undefined ? [] : [index];
    });
  return Object.fromEntries(
    Object.keys(candidates).map(field => [field, positions(field as FocusField)]),
  ) as unknown as FocusColumns;
}

/** The column's name in the specification, for messages. */
export const columnName = (field: FocusField): string => candidates[field][0];

/** Which FOCUS dataset a header is of; a cost and usage file is what is none of the others. */
export function focusDataset(names: readonly string[]): FocusDataset {
  const has = (name: string) => names.some(other => plain(other) === name);
  if (has('chargeperiodstart')) return 'cost_and_usage';
  if (has('billingperiodstatus')) return 'billing_period';
  if (has('invoicedetailid')) return 'invoice_detail';
  if (has('contractcommitmentid')) return 'contract_commitment';
  return 'cost_and_usage';
}

/** The first column that is read and stands in the header more than once, by its name there: which one holds can't be known. */
export function duplicateColumn(names: readonly string[]): string | undefined {
  return names.find(
    (name, index) => readNames.has(plain(name)) && names.findIndex(other => plain(other) === plain(name)) < index,
  );
}

/** The first required column that a cost and usage file lacks, by its name. */
export function missingColumn(columns: FocusColumns, defaultCurrency: string | undefined): string | undefined {
  const required: FocusField[] = ['billed', 'effective', 'charge_day'];
  if (defaultCurrency === undefined) required.push('currency');
  const missing = required.find(field => columns[field].length === 0);
  return missing && columnName(missing);
}
