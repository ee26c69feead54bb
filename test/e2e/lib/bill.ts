/**
 * Our own bill of some 75 days, FOCUS 1.2, and the same bill restated. Money of the shared account belongs to no tag: a
 * split gives a quarter of it to red and the rest to blue.
 */
const columns = [
  'ProviderName,BillingAccountId,SubAccountId,ResourceId,BillingPeriodStart,ChargePeriodStart,ChargePeriodEnd,ChargeCategory',
  'ChargeClass,BilledCost,EffectiveCost,ListCost,ContractedCost,BillingCurrency,ServiceName,ServiceCategory',
  'CommitmentDiscountStatus,Tags',
].flatMap(part => part.split(','));

type Line = Readonly<Record<string, string>>;
const dayMs = 86_400_000;
export const sharedAccount = 'shared-1';
export const sharedParts = { red: 1, blue: 3 };

const tags = (team: string, service: string, more: object = {}) =>
  JSON.stringify({ Team: team, service, environment: 'production', ...more });

const amount = (billed: number, effective = billed): Line => ({
  BilledCost: billed.toFixed(10),
  EffectiveCost: effective.toFixed(10),
  ListCost: (Math.max(billed, effective) * 1.25).toFixed(8),
  ContractedCost: effective.toFixed(10),
});

/** The bill as CSV text, its last day the one before `today`. Restated: see the comments. */
export function ownBill(today: Date, restated = false): string {
  const midnight = Math.floor(today.getTime() / dayMs) * dayMs;
  const lines: Line[] = [];
  for (let back = 75; back >= 1; back--) {
    const day = new Date(midnight - back * dayMs);
    const wave = 1 + ((back * 7919) % 13) / 7;
    const usage = (service: string, cost: Line, more: Line): void => {
      lines.push({ ...period(day), ...aws, ChargeCategory: 'Usage', ServiceName: service, ...cost, ...more });
    };
    // Money moves from red to blue: the last 20 days of api had the wrong tag.
    const apiTeam = restated && back <= 20 ? 'blue' : 'red';
    usage('Compute', amount(0, 31.0000000001 * wave), {
      Tags: tags(apiTeam, 'web, "front": a', { note: 'a:b,c' }),
      CommitmentDiscountStatus: 'Used',
    });
    // A service is renamed for all days.
    if (back % 2 === 0)
      usage('Database', amount(12.5 * wave), { Tags: tags('red', restated ? 'ledger-v2' : 'ledger') });
    // It drops out of the greatest five.
    if (back % 2 === 1) usage('Database', amount(restated ? 0.004 : 9.75), { Tags: tags('blue', 'batch') });
    if (back % 3 === 0) usage('Queue', amount(1.0000001 / 3), { Tags: tags('green', `small-${back % 9}`) });
    if (back % 5 === 0) usage('Compute', amount(0, 4.2), { CommitmentDiscountStatus: 'Unused' });
    if (back % 4 === 0) usage('Kubernetes', amount(10.01), { SubAccountId: sharedAccount });
    if (back % 25 === 3)
      lines.push(
        { ...period(day), ...aws, ChargeCategory: 'Purchase', ...amount(900, 0) },
        { ...period(day), ...aws, ChargeCategory: 'Tax', ...amount(77.77) },
        { ...period(day), ...aws, ChargeCategory: 'Credit', ...amount(-25.5), Tags: tags('red', 'ledger') },
        // A refund and a correction of a day of the period before.
        { ...period(day), ...aws, ChargeCategory: 'Adjustment', ...amount(-3.3), Tags: tags('blue', 'batch') },
        { ...period(day), ...aws, ...correctionOf(day), Tags: tags('red', 'ledger') },
        { ...period(day), ...google, ChargeCategory: 'Usage', ...amount(1_000_000_000.01), Tags: tags('data', 'lake') },
      );
    if (back % 6 === 1)
      lines.push({
        ...period(day),
        ...google,
        ChargeCategory: 'Usage',
        ...amount(44.4 * wave),
        Tags: tags('data', 'q'),
      });
  }
  // A line that was there is gone.
  if (restated)
    lines.splice(
      lines.findLastIndex(line => line.ServiceName === 'Queue'),
      1,
    );
  return `${columns.join(',')}\n${lines.map(line => columns.map(name => cell(line[name])).join(',')).join('\n')}\n`;
}

const aws: Line = {
  ProviderName: 'AWS',
  BillingAccountId: 'payer-1',
  SubAccountId: 'production-1',
  ResourceId: 'resource-1',
  BillingCurrency: 'USD',
  ServiceCategory: 'Compute',
};
const google: Line = {
  ...aws,
  ProviderName: 'Google Cloud',
  BillingAccountId: '01-EUR',
  BillingCurrency: 'EUR',
  ServiceName: 'BigQuery',
};

const period = (day: Date): Line => ({
  BillingPeriodStart: new Date(Date.UTC(day.getUTCFullYear(), day.getUTCMonth(), 1)).toISOString(),
  ChargePeriodStart: day.toISOString(),
  ChargePeriodEnd: new Date(day.getTime() + dayMs).toISOString(),
});

const correctionOf = (day: Date): Line => ({
  ChargePeriodStart: new Date(day.getTime() - 4 * dayMs).toISOString(),
  ChargePeriodEnd: new Date(day.getTime() - 3 * dayMs).toISOString(),
  ChargeCategory: 'Usage',
  ChargeClass: 'Correction',
  ServiceName: 'Database',
  ...amount(-1.5),
});

const cell = (text = ''): string => (/[",\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);
