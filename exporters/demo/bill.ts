/** Writes the demo company's FOCUS 1.2 bills: one file per provider and month, the same rows for the same days always. */
import { createHash } from 'node:crypto';
import { accounts, categories, type DemoService, services } from './world.ts';

const columns = [
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

type Line = Partial<Record<(typeof columns)[number], string | number>>;
type Provider = keyof typeof accounts;

export interface BillOptions {
  /** First day of the month, UTC. */
  readonly month: Date;
  /** The last day the delivery holds (exclusive end), UTC midnight. */
  readonly until: Date;
  /** True where the invoice is out: every line names it. */
  readonly invoiced: boolean;
}

const dayMs = 86_400_000;

/** What runs where nothing special is said. */
const ordinary = {
  AWS: 'Amazon Elastic Compute Cloud',
  Microsoft: 'Virtual Machines',
  'Google Cloud': 'Compute Engine',
};

/** A number in 0..1 that depends on nothing but the key. */
function chance(...key: readonly (string | number)[]): number {
  return createHash('md5').update(key.join('\u0000')).digest().readUInt32BE(0) / 4_294_967_296;
}

/** The provider's bill for a month up to `until`, as CSV text. */
export function demoBill(provider: Provider, options: BillOptions): string {
  const lines = billLines(provider, options);
  // One line that nobody can read, so that a rejection is to be seen.
  const [first] = lines;
  if (provider === 'AWS' && first) lines.push({ ...first, ChargeDescription: 'cost missing', BilledCost: 'n/a' });
  return `${columns.join(',')}\n${lines.map(line => columns.map(column => cell(line[column])).join(',')).join('\n')}\n`;
}

/** What the provider's invoice for a whole month says, with two decimals. */
export function invoiceTotal(provider: Provider, month: Date): string {
  const until = new Date(Date.UTC(month.getUTCFullYear(), month.getUTCMonth() + 2, 1));
  const lines = billLines(provider, { month, until, invoiced: true });
  const billed = lines.reduce((sum, line) => sum + Number(line.BilledCost), 0);
  // One invoice has a line that no bill shows.
  return (provider === 'Microsoft' ? billed * 1.004 : billed).toFixed(2);
}

function billLines(provider: Provider, options: BillOptions): Line[] {
  const { month, until, invoiced } = options;
  const next = new Date(Date.UTC(month.getUTCFullYear(), month.getUTCMonth() + 1, 1));
  const account = accounts[provider];
  const common: Line = {
    ProviderName: provider,
    InvoiceIssuerName: account.issuer,
    InvoiceId: invoiced ? `INV-${provider.slice(0, 3).toUpperCase()}-${month.toISOString().slice(0, 7)}` : '',
    BillingAccountId: account.billingAccount,
    BillingPeriodStart: month.toISOString(),
    BillingPeriodEnd: next.toISOString(),
    BillingCurrency: account.currency,
    RegionId: account.region,
  };
  const lines: Line[] = monthly(provider, month).map(line => ({ ...common, ...period(month), ...line }));
  for (let ms = month.getTime(); ms < Math.min(next.getTime(), until.getTime()); ms += dayMs) {
    const day = new Date(ms);
    // What was used in the last two days is still coming in; one provider estimates it, and too high.
    const fresh = ms >= until.getTime() - 2 * dayMs;
    const arrived = !fresh ? 1 : provider === 'Microsoft' ? 1.08 : 0.9;
    for (const line of daily(provider, day, arrived)) lines.push({ ...common, ...period(day), ...line });
  }
  return lines;
}

const period = (day: Date): Line => ({
  ChargePeriodStart: day.toISOString(),
  ChargePeriodEnd: new Date(day.getTime() + dayMs).toISOString(),
});

function cell(value: string | number | undefined): string {
  const text = typeof value === 'number' ? value.toFixed(8) : (value ?? '');
  return /[",\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

const costs = (list: number, contracted: number, effective: number, billed: number): Line => ({
  ListCost: list,
  ContractedCost: contracted,
  EffectiveCost: effective,
  BilledCost: billed,
});

function daily(provider: Provider, day: Date, arrived: number): Line[] {
  return [
    ...services.filter(service => service.provider === provider).flatMap(service => usage(service, day, arrived)),
    ...shared(provider, day, arrived),
    ...legacy(provider, day, arrived),
    ...(provider === 'AWS' ? [unusedCommitment(day)] : []),
  ];
}

/** Weekly rhythm, yearly growth, noise, and one step: training doubled its clusters 40 days before the year's end. */
function level(service: DemoService, day: Date): number {
  const years = (day.getTime() - Date.UTC(2025, 0, 1)) / (365 * dayMs);
  const weekend = [0, 6].includes(day.getUTCDay()) ? 0.72 : 1;
  const noise = 0.94 + 0.12 * chance(service.name, day.getTime());
  const monthStep = chance(service.name, day.getUTCFullYear(), Math.floor(day.getUTCMonth() / 3)) < 0.15 ? 1.35 : 1;
  return service.dailyCost * (1 + service.growth * years) * weekend * noise * monthStep;
}

function usage(service: DemoService, day: Date, arrived: number): Line[] {
  const account = accounts[service.provider];
  return (['production', 'staging'] as const).flatMap(environment =>
    Object.entries(service.uses).map(([cloudService, share]): Line => {
      const list = level(service, day) * share * arrived * (environment === 'production' ? 1 : 0.18);
      const committed = service.provider === 'AWS' && categories[cloudService] === 'Compute';
      const contracted = list * 0.92;
      const effective = committed ? contracted * 0.72 : contracted;
      // Every team spells its tags in a way of its own.
      const teamKey = ['team', 'Team', 'owner'][service.team.length % 3] ?? 'team';
      return {
        ...costs(list, contracted, effective, committed ? 0 : contracted),
        SubAccountId: account.subAccounts[environment],
        ChargeCategory: 'Usage',
        ChargeDescription: `${cloudService} for ${service.name}`,
        ConsumedQuantity: list * 10,
        ConsumedUnit: 'Hours',
        ServiceName: cloudService,
        ServiceCategory: categories[cloudService] ?? 'Other',
        SkuId: `SKU-${cloudService.replaceAll(' ', '-').toLowerCase()}`,
        ResourceId: `${service.provider.toLowerCase().replace(' ', '-')}:${service.name}:${environment}:${cloudService.replaceAll(' ', '-').toLowerCase()}`,
        CommitmentDiscountId: committed ? 'savings-plan-1' : '',
        CommitmentDiscountStatus: committed ? 'Used' : '',
        Tags: JSON.stringify({ [teamKey]: service.team, service: service.name, environment }),
      };
    }),
  );
}

/** Clusters that every team runs on: split by rule, for they carry no team's tag. */
function shared(provider: Provider, day: Date, arrived: number): Line[] {
  if (provider !== 'AWS') return [];
  const cost = (140 + 30 * chance('cluster', day.getTime())) * arrived;
  return [
    {
      ...costs(cost, cost, cost, cost),
      SubAccountId: accounts.AWS.subAccounts.shared,
      ChargeCategory: 'Usage',
      ChargeDescription: 'shared Kubernetes cluster',
      ServiceName: 'Amazon Elastic Kubernetes Service',
      ServiceCategory: 'Compute',
      SkuId: 'SKU-eks',
      ResourceId: 'aws:shared-cluster',
      Tags: JSON.stringify({ 'cost-center': 'shared', environment: 'production' }),
    },
  ];
}

/** What was there before tags were: nobody's, until someone looks. */
function legacy(provider: Provider, day: Date, arrived: number): Line[] {
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

function unusedCommitment(day: Date): Line {
  const cost = 12 + 10 * chance('unused', day.getTime());
  return {
    ...costs(0, 0, cost, 0),
    SubAccountId: accounts.AWS.subAccounts.shared,
    ChargeCategory: 'Usage',
    ChargeDescription: 'savings plan, unused',
    ServiceName: 'Amazon Elastic Compute Cloud',
    ServiceCategory: 'Compute',
    SkuId: 'SKU-savings-plan',
    CommitmentDiscountId: 'savings-plan-1',
    CommitmentDiscountStatus: 'Unused',
  };
}

/** What comes once a month: support, tax, the commitment's fee, now and then a credit, a refund and a correction. */
function monthly(provider: Provider, month: Date): Line[] {
  const key = `${provider} ${month.toISOString().slice(0, 7)}`;
  const line = (category: string, cost: number, description: string, more: Line = {}): Line => ({
    ...costs(cost, cost, cost, cost),
    SubAccountId: accounts[provider].subAccounts.shared,
    ChargeCategory: category,
    ChargeDescription: description,
    ...more,
  });
  const lines = [line('Tax', provider === 'AWS' ? 940 : 210, 'value added tax')];
  if (provider === 'AWS') {
    lines.push(
      line('Purchase', 9200, 'savings plan, monthly fee', { EffectiveCost: 0, CommitmentDiscountId: 'savings-plan-1' }),
    );
    lines.push(line('Usage', 420, 'business support', { ServiceName: 'AWS Support', ServiceCategory: 'Other' }));
  }
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
