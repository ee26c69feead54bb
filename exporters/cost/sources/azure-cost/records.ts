/** The charges of a month as FOCUS rows. */
import { azureProvider, chargeCategory, isCommitment, isUnused } from '../../azure-terms.ts';
import type { FocusRecord } from '../../bills/records.ts';
import type { Dimension, Grouping } from './config.ts';
import type { Charge } from './month.ts';

export interface RecordOptions {
  readonly scope: string;
  readonly billingAccount: string;
  readonly grouping: readonly Grouping[];
}

export function recordsOf(charges: readonly Charge[], options: RecordOptions): FocusRecord[] {
  const { scope, billingAccount, grouping } = options;
  const [, ofScope] = /^subscriptions\/([^/]+)/i.exec(scope) ?? [];
  return charges.map(({ day, chargeType, groups, currency, billed, effective }) => {
    const dimension = (name: Dimension) => {
      const index = grouping.findIndex(group => group.type === 'Dimension' && group.name === name);
      return groups[index]?.trim() || undefined;
    };
    const tag = grouping.findIndex(({ type }) => type === 'TagKey');
    const tagValue = groups[tag]?.trim();
    const subscription = dimension('SubscriptionId') ?? ofScope;
    // What has a tag, or lacks it, is some resource of the subscription.
    const anything = tag < 0 ? undefined : `/${subscription === undefined ? scope : `subscriptions/${subscription}`}`;
    const group = dimension('ResourceGroupName') ?? /\/resourceGroups\/([^/]+)/i.exec(scope)?.[1];
    const category = chargeCategory(chargeType);
    const covered = isCommitment(dimension('PricingModel') ?? '') && category === 'Usage';
    return {
      BilledCost: billed,
      EffectiveCost: effective,
      BillingCurrency: currency,
      ChargePeriodStart: `${day}T00:00:00Z`,
      BillingPeriodStart: `${day.slice(0, 7)}-01T00:00:00Z`,
      ProviderName: azureProvider,
      InvoiceIssuerName: azureProvider,
      BillingAccountId: billingAccount,
      SubAccountId: subscription,
      RegionId: dimension('ResourceLocation')?.replaceAll(' ', '').toLowerCase(),
      ServiceName: dimension('ServiceName') ?? dimension('MeterCategory'),
      ChargeCategory: category,
      CommitmentDiscountId: dimension('BenefitId') ?? dimension('ReservationId'),
      CommitmentDiscountStatus: isUnused(chargeType) ? 'Unused' : covered ? 'Used' : undefined,
      ResourceId: dimension('ResourceId') ?? groupPath(subscription, group) ?? anything,
      ...(tagValue ? { tags: { [grouping[tag]!.name]: tagValue } } : {}),
    };
  });
}

/** A resource group stands for its resources: rules that read the beginning of a resource's id find it. */
const groupPath = (subscription: string | undefined, group: string | undefined) =>
  group === undefined
    ? undefined
    : `${subscription === undefined ? '' : `/subscriptions/${subscription}`}/resourceGroups/${group}`;
