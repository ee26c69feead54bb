/** The demo company's charges, by FOCUS 1.2's columns: the same for the same days always. */
import { chance, dayMs } from './chance.ts';
import { levelOf } from './level.ts';
import { accounts, categories, commitmentOf, commitments, type DemoService, services, sharedCluster } from './world.ts';

export const columns = [
  'ProviderName',
  'InvoiceIssuerName',
  'InvoiceId',
  'BillingAccountId',
  'SubAccountId',
  'BillingPeriodStart',
  'BillingPeriodEnd',
  'ChargePeriodStart',
  'ChargePeriodEnd',
  'ChargeCategory',
  'ChargeClass',
  'ChargeDescription',
  'BilledCost',
  'EffectiveCost',
  'ListCost',
  'ContractedCost',
  'BillingCurrency',
  'ConsumedQuantity',
  'ConsumedUnit',
  'ServiceName',
  'ServiceCategory',
  'SkuId',
  'RegionId',
  'ResourceId',
  'CommitmentDiscountId',
  'CommitmentDiscountStatus',
  'Tags',
] as const;

export type Charge = Partial<Record<(typeof columns)[number], string | number>>;
export type Provider = keyof typeof accounts;

export interface ChargeOptions {
  /** First day of the month, UTC. */
  readonly month: Date;
  /** The last day that is known (exclusive end), UTC midnight. */
  readonly until: Date;
  /** True where the invoice is out: every line names it. */
  readonly invoiced: boolean;
}

/** What runs where nothing special is said. */
const ordinary = {
  AWS: 'Amazon Elastic Compute Cloud',
  Microsoft: 'Virtual Machines',
  'Google Cloud': 'Compute Engine',
};

/** What a provider charges for a month when it has long ended. */
export const wholeMonth = (provider: Provider, month: Date): Charge[] =>
  chargesOf(provider, {
    month,
    until: new Date(Date.UTC(month.getUTCFullYear(), month.getUTCMonth() + 2, 1)),
    invoiced: true,
  });

/** What a provider charges for a month up to `until`. */
export function chargesOf(provider: Provider, options: ChargeOptions): Charge[] {
  const { month, until, invoiced } = options;
  const next = new Date(Date.UTC(month.getUTCFullYear(), month.getUTCMonth() + 1, 1));
  const account = accounts[provider];
  const common: Charge = {
    ProviderName: provider,
    InvoiceIssuerName: account.issuer,
    InvoiceId: invoiced ? `INV-${provider.slice(0, 3).toUpperCase()}-${month.toISOString().slice(0, 7)}` : '',
    BillingAccountId: account.billingAccount,
    BillingPeriodStart: month.toISOString(),
    BillingPeriodEnd: next.toISOString(),
    BillingCurrency: account.currency,
    RegionId: account.region,
  };
  const lines: Charge[] = monthly(provider, month).map(line => ({ ...common, ...period(month), ...line }));
  for (let ms = month.getTime(); ms < Math.min(next.getTime(), until.getTime()); ms += dayMs) {
    const day = new Date(ms);
    // What was used in the last two days is still coming in; one provider estimates it, and too high.
    const fresh = ms >= until.getTime() - 2 * dayMs;
    const arrived = !fresh ? 1 : provider === 'Microsoft' ? 1.08 : 0.9;
    for (const line of daily(provider, day, arrived)) lines.push({ ...common, ...period(day), ...line });
  }
  return lines;
}

const period = (day: Date): Charge => ({
  ChargePeriodStart: day.toISOString(),
  ChargePeriodEnd: new Date(day.getTime() + dayMs).toISOString(),
});

const costs = (list: number, contracted: number, effective: number, billed: number): Charge => ({
  ListCost: list,
  ContractedCost: contracted,
  EffectiveCost: effective,
  BilledCost: billed,
});

function daily(provider: Provider, day: Date, arrived: number): Charge[] {
  return [
    ...services.filter(service => service.provider === provider).flatMap(service => usage(service, day, arrived)),
    ...shared(provider, day, arrived),
    ...legacy(provider, day, arrived),
    ...unusedCommitments(provider, day),
  ];
}

function usage(service: DemoService, day: Date, arrived: number): Charge[] {
  const account = accounts[service.provider];
  return (['production', 'staging'] as const).flatMap(environment =>
    Object.entries(service.uses).map(([cloudService, share]): Charge => {
      const list = levelOf(service, day) * share * arrived * (environment === 'production' ? 1 : 0.18);
      const commitment = commitmentOf(service, cloudService);
      const contracted = list * 0.92;
      const effective = contracted * (commitment?.price ?? 1);
      // Every team spells its tags in a way of its own.
      const teamKey = ['team', 'Team', 'owner'][service.team.length % 3] ?? 'team';
      return {
        ...costs(list, contracted, effective, commitment ? 0 : contracted),
        SubAccountId: account.subAccounts[environment],
        ChargeCategory: 'Usage',
        ChargeDescription: `${cloudService} for ${service.name}`,
        ConsumedQuantity: list * 10,
        ConsumedUnit: 'Hours',
        ServiceName: cloudService,
        ServiceCategory: categories[cloudService] ?? 'Other',
        SkuId: `SKU-${cloudService.replaceAll(' ', '-').toLowerCase()}`,
        ResourceId: `${service.provider.toLowerCase().replace(' ', '-')}:${service.name}:${environment}:${cloudService.replaceAll(' ', '-').toLowerCase()}`,
        CommitmentDiscountId: commitment?.id ?? '',
        CommitmentDiscountStatus: commitment ? 'Used' : '',
        Tags: JSON.stringify({ [teamKey]: service.team, service: service.name, environment }),
      };
    }),
  );
}

/** What the shared cluster costs on a day, in USD. */
export const clusterCost = (day: Date): number => 140 + 30 * chance('cluster', day.getTime());

/** The cluster that every team runs on: split by what OpenCost says, for it carries no team's tag. */
function shared(provider: Provider, day: Date, arrived: number): Charge[] {
  if (provider !== 'AWS') return [];
  const cost = clusterCost(day) * arrived;
  return [
    {
      ...costs(cost, cost, cost, cost),
      SubAccountId: accounts.AWS.subAccounts.shared,
      ChargeCategory: 'Usage',
      ChargeDescription: 'shared Kubernetes cluster',
      ServiceName: 'Amazon Elastic Kubernetes Service',
      ServiceCategory: 'Compute',
      SkuId: 'SKU-eks',
      ResourceId: sharedCluster.resource,
      Tags: JSON.stringify({ 'cost-center': 'shared', environment: 'production' }),
    },
  ];
}

/** What was there before tags were: nobody's, until someone looks. */
function legacy(provider: Provider, day: Date, arrived: number): Charge[] {
  const cost = (provider === 'AWS' ? 65 : 22) * (0.95 + 0.1 * chance('legacy', provider, day.getTime())) * arrived;
  const cloudService = ordinary[provider];
  return [
    {
      ...costs(cost, cost, cost, cost),
      SubAccountId: accounts[provider].subAccounts.legacy,
      ChargeCategory: 'Usage',
      ChargeDescription: 'legacy batch jobs',
      ServiceName: cloudService,
      ServiceCategory: categories[cloudService] ?? 'Other',
      SkuId: 'SKU-legacy',
      ResourceId: `${provider.toLowerCase().replace(' ', '-')}:legacy-batch`,
    },
  ];
}

/** What was paid for and not used; it comes on time, for nobody has to measure it. */
const unusedCommitments = (provider: Provider, day: Date): Charge[] =>
  commitments
    .filter(commitment => commitment.provider === provider)
    .map(({ id, cloudService, unused }) => ({
      ...costs(0, 0, unused * (0.8 + 0.4 * chance(id, 'unused', day.getTime())), 0),
      SubAccountId: accounts[provider].subAccounts.shared,
      ChargeCategory: 'Usage',
      ChargeDescription: `${id}, unused`,
      ServiceName: cloudService,
      ServiceCategory: categories[cloudService] ?? 'Other',
      SkuId: `SKU-${id}`,
      CommitmentDiscountId: id,
      CommitmentDiscountStatus: 'Unused',
    }));

/** What comes once a month: support, tax, the commitment's fee, now and then a credit, a refund and a correction. */
function monthly(provider: Provider, month: Date): Charge[] {
  const key = `${provider} ${month.toISOString().slice(0, 7)}`;
  const line = (category: string, cost: number, description: string, more: Charge = {}): Charge => ({
    ...costs(cost, cost, cost, cost),
    SubAccountId: accounts[provider].subAccounts.shared,
    ChargeCategory: category,
    ChargeDescription: description,
    ...more,
  });
  const lines = [line('Tax', provider === 'AWS' ? 940 : 210, 'value added tax')];
  for (const { id, monthlyFee, cloudService } of commitments.filter(commitment => commitment.provider === provider))
    lines.push(
      line('Purchase', monthlyFee, `${id}, monthly fee`, {
        EffectiveCost: 0,
        ServiceName: cloudService,
        ServiceCategory: categories[cloudService] ?? 'Other',
        CommitmentDiscountId: id,
      }),
    );
  if (provider === 'AWS')
    lines.push(line('Usage', 420, 'business support', { ServiceName: 'AWS Support', ServiceCategory: 'Other' }));
  if (chance('credit', key) < 0.4) lines.push(line('Credit', -150 - 200 * chance('amount', key), 'promotional credit'));
  if (chance('refund', key) < 0.3) lines.push(line('Adjustment', -80, 'refund for an outage'));
  if (chance('correction', key) < 0.5)
    lines.push(
      line('Usage', -35, 'usage corrected after the invoice', {
        ChargeClass: 'Correction',
        ServiceName: ordinary[provider],
        ServiceCategory: 'Compute',
        ...period(new Date(month.getTime() - 12 * dayMs)),
      }),
    );
  return lines;
}
