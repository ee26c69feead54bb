/**
 * What Cost Explorer's dimension RECORD_TYPE ("charge type" in its console, lineItem/LineItemType in a CUR) is in FOCUS.
 * Source: the FOCUS converter's rules for CUR line item types (finopsfoundation/focus_converters), but a credit is
 * FOCUS's Credit, which those rules are older than; and the longer names that Cost Explorer gives the same types.
 *
 * | group          | RECORD_TYPE                                                                   | ChargeCategory |
 * |----------------|-------------------------------------------------------------------------------|----------------|
 * | usage          | Usage, DiscountedUsage, SavingsPlanCoveredUsage, SavingsPlanNegation, Support, every kind of discount, and whatever is unknown | Usage |
 * | commitment_fee | RIFee, SavingsPlanRecurringFee                                                | Purchase; its amortised part is what the commitment left unused: Usage, Unused |
 * | fee            | Fee, SavingsPlanUpfrontFee, Upfront                                           | Purchase       |
 * | tax            | Tax                                                                           | Tax            |
 * | credit         | Credit                                                                        | Credit         |
 * | refund         | Refund                                                                        | Adjustment     |
 *
 * A discount lowers the price of usage, so it stays with the usage. SavingsPlanNegation takes back in UnblendedCost what
 * SavingsPlanCoveredUsage charged at the on-demand price: together they are 0 billed, and apart they would mislead.
 */

export type RecordGroup = 'usage' | 'commitment_fee' | 'fee' | 'tax' | 'credit' | 'refund';

const groups: Readonly<Record<string, RecordGroup>> = {
  usage: 'usage',
  discountedusage: 'usage',
  savingsplancoveredusage: 'usage',
  savingsplannegation: 'usage',
  support: 'usage',
  bundleddiscount: 'usage',
  discount: 'usage',
  edpdiscount: 'usage',
  enterprisediscountprogramdiscount: 'usage',
  privateratediscount: 'usage',
  distributordiscount: 'usage',
  solutionproviderprogramdiscount: 'usage',
  sppdiscount: 'usage',
  rifee: 'commitment_fee',
  recurring: 'commitment_fee',
  recurringreservationfee: 'commitment_fee',
  savingsplanrecurringfee: 'commitment_fee',
  fee: 'fee',
  upfront: 'fee',
  upfrontreservationfee: 'fee',
  savingsplanupfrontfee: 'fee',
  otheroutofcyclecharges: 'fee',
  tax: 'tax',
  credit: 'credit',
  refund: 'refund',
};

/** How many requests the groups cost at most. */
export const recordGroups: readonly RecordGroup[] = ['usage', 'commitment_fee', 'fee', 'tax', 'credit', 'refund'];

/** The group of a record type as Cost Explorer writes it; undefined where the type is unknown, which counts as usage. */
export const recordGroup = (type: string): RecordGroup | undefined =>
  groups[type.replace(/[^A-Za-z]/g, '').toLowerCase()];

export const chargeCategory: Readonly<Record<RecordGroup, string>> = {
  usage: 'Usage',
  commitment_fee: 'Purchase',
  fee: 'Purchase',
  tax: 'Tax',
  credit: 'Credit',
  refund: 'Adjustment',
};
