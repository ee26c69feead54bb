/**
 * What the line item types of a Cost and Usage Report are in FOCUS. Source: focus_conversion_rules_aws-cur.csv of the
 * FinOps Foundation's converters, and the AWS Data Exports User Guide, "Line item columns"; with three differences:
 *
 * - The BilledCost of usage that a savings plan covers, and of its negation, is 0: they only cancel each other.
 * - Costs after discounts (`Net…`, there where an account has one) are taken for EffectiveCost as for BilledCost: CUR 2.0
 *   shows some discounts nowhere else.
 * - Credits are Credit, which FOCUS has since 1.0.
 */

/** Usage at some price, with an amount of it. */
export const usedTypes = ['Usage', 'DiscountedUsage', 'SavingsPlanCoveredUsage'] as const;

/** Fees whose line tells which part of a commitment stayed unused in its period. */
export const commitmentFees = ['RIFee', 'SavingsPlanRecurringFee'] as const;

/** FOCUS's ChargeCategory by line item type; a type that is not here is noted as one that lacks it. */
export const categories = {
  Usage: [
    ...usedTypes,
    'SavingsPlanNegation',
    ...['BundledDiscount', 'Discount', 'EdpDiscount', 'PrivateRateDiscount', 'RiVolumeDiscount', 'SppDiscount'],
  ],
  Purchase: ['Fee', 'FlatRateSubscription', 'SavingsPlanUpfrontFee', ...commitmentFees],
  Tax: ['Tax'],
  Credit: ['Credit'],
  Adjustment: ['Refund'],
} as const;
