/** AWS Cost Explorer (2017-10-25) and AWS Budgets (2016-10-20): JSON 1.1, the operation in X-Amz-Target. */
import { dayMs, isoDay, roughly } from '../chance.ts';
import type { Charge } from '../charges.ts';
import { levelOf, spikeFactor, spikeOf } from '../level.ts';
import { accounts, services } from '../world.ts';
import { dayOf, knownCharges, runningMonth, sumOf } from './known.ts';
import type { Vendor } from './vendor.ts';

type Json = Readonly<Record<string, unknown>>;

export const awsAnswer: Vendor = ({ headers, body, until }) => {
  const operation = String(headers['x-amz-target'] ?? '').split('.')[1];
  const answer = operation === undefined ? undefined : operations[operation];
  return answer && { status: 200, body: answer(JSON.parse(body) as Json, until) };
};

const operations: Readonly<Record<string, (input: Json, until: Date) => Json>> = {
  GetCostAndUsage: costAndUsage,
  GetCostForecast: forecast,
  GetAnomalies: anomalies,
  DescribeBudgets: budgets,
};

const recordTypes: Readonly<Record<string, string>> = {
  'Usage savings-plan-1 Used': 'SavingsPlanCoveredUsage',
  'Usage savings-plan-1 Unused': 'SavingsPlanRecurringFee',
  'Purchase savings-plan-1 ': 'SavingsPlanRecurringFee',
  'Usage reserved-databases-1 Used': 'DiscountedUsage',
  'Usage reserved-databases-1 Unused': 'RIFee',
  'Purchase reserved-databases-1 ': 'RIFee',
  Adjustment: 'Refund',
};

function recordTypeOf(charge: Charge): string {
  const { ChargeCategory: category, CommitmentDiscountId: id, CommitmentDiscountStatus: status } = charge;
  return recordTypes[id ? `${category} ${id} ${status ?? ''}` : String(category)] ?? String(category);
}

interface Group {
  readonly Type: string;
  readonly Key: string;
}

function keyOf(charge: Charge, { Type, Key }: Group): string {
  if (Type === 'TAG') return `${Key}$${tagOf(charge, Key)}`;
  if (Key === 'LINKED_ACCOUNT') return String(charge.SubAccountId);
  if (Key === 'SERVICE') return String(charge.ServiceName ?? charge.ChargeCategory);
  if (Key === 'RECORD_TYPE') return recordTypeOf(charge);
  if (Key === 'REGION') return String(charge.RegionId);
  return `No${Key}`;
}

const tagOf = (charge: Charge, key: string): string =>
  charge.Tags ? String((JSON.parse(String(charge.Tags)) as Json)[key] ?? '') : '';

const spanOf = (day: Date) => ({ Start: isoDay(day), End: isoDay(new Date(day.getTime() + dayMs)) });

function costAndUsage(input: Json, until: Date): Json {
  const { Start, End } = input.TimePeriod as { readonly Start: string; readonly End: string };
  const groups = (input.GroupBy ?? []) as readonly Group[];
  const metrics = input.Metrics as readonly string[];
  const [from, to] = [new Date(Start), new Date(End)];
  const byDay = Map.groupBy([...knownCharges('AWS', { from, to }, until), ...marketplaceFee(from, to)], dayOf);
  const days: Json[] = [];
  const seen = new Set<string>();
  for (let ms = from.getTime(); ms < to.getTime(); ms += dayMs) {
    const span = spanOf(new Date(ms));
    const byKeys = Map.groupBy(byDay.get(span.Start) ?? [], charge =>
      JSON.stringify(groups.map(by => keyOf(charge, by))),
    );
    days.push({
      TimePeriod: span,
      Total: {},
      Groups: [...byKeys].map(([keys, charges]) => ({
        Keys: JSON.parse(keys) as readonly string[],
        Metrics: Object.fromEntries(metrics.map(metric => [metric, amountOf(charges, metric)])),
      })),
      Estimated: ms >= until.getTime() - 5 * dayMs,
    });
    for (const charge of byDay.get(span.Start) ?? []) seen.add(String(charge.SubAccountId));
  }
  const isByAccount = groups.some(({ Key }) => Key === 'LINKED_ACCOUNT');
  return {
    GroupDefinitions: groups,
    ResultsByTime: days,
    DimensionValueAttributes: isByAccount
      ? Object.entries(accounts.AWS.subAccounts)
          .filter(([, id]) => seen.has(id))
          .map(([name, id]) => ({ Value: id, Attributes: { description: `acme ${name}` } }))
      : [],
  };
}

/** A fee of the marketplace that the bill doesn't have. */
function marketplaceFee(from: Date, to: Date): Charge[] {
  const first = new Date(Date.UTC(from.getUTCFullYear(), from.getUTCMonth(), 1));
  if (first < from || first >= to) return [];
  return [
    {
      ChargePeriodStart: first.toISOString(),
      ChargeCategory: 'Usage',
      ServiceName: 'AWS Marketplace',
      SubAccountId: accounts.AWS.subAccounts.shared,
      RegionId: accounts.AWS.region,
      BilledCost: 61.3,
      EffectiveCost: 61.3,
    },
  ];
}

const amountOf = (charges: readonly Charge[], metric: string) => ({
  Amount: sumOf(charges, metric.includes('Amortized') ? 'EffectiveCost' : 'BilledCost').toFixed(10),
  Unit: accounts.AWS.currency,
});

function forecast(input: Json, until: Date): Json {
  const { Start, End } = input.TimePeriod as { readonly Start: string; readonly End: string };
  const mean = sumOf(runningMonth('AWS', until).whole, 'BilledCost') * 1.01;
  return {
    Total: { Amount: mean.toFixed(6), Unit: accounts.AWS.currency },
    ForecastResultsByTime: [
      {
        TimePeriod: { Start, End },
        MeanValue: mean.toFixed(6),
        PredictionIntervalLowerBound: (mean * 0.96).toFixed(6),
        PredictionIntervalUpperBound: (mean * 1.05).toFixed(6),
      },
    ],
  };
}

/** One for each day of the last month on which a service on AWS cost too much. */
function anomalies(_input: Json, until: Date): Json {
  const found = Array.from({ length: 30 }, (_, index) => new Date(until.getTime() - (index + 1) * dayMs)).flatMap(
    day => {
      const service = services.find(({ name, provider }) => provider === 'AWS' && name === spikeOf(day));
      if (service === undefined) return [];
      const impact = levelOf(service, day) * 0.92 * (1 - 1 / spikeFactor);
      const [cloudService] = Object.entries(service.uses).toSorted(([, one], [, other]) => other - one)[0] ?? [''];
      return [
        {
          AnomalyId: `demo-${isoDay(day)}`,
          AnomalyStartDate: isoDay(day),
          AnomalyEndDate: isoDay(day),
          DimensionValue: cloudService,
          RootCauses: [{ Service: cloudService, LinkedAccount: accounts.AWS.subAccounts.production }],
          AnomalyScore: { MaxScore: 0.8, CurrentScore: 0.8 },
          Impact: { MaxImpact: Number(impact.toFixed(2)), TotalImpact: Number(impact.toFixed(2)) },
          MonitorArn: 'arn:aws:ce::100000000001:anomalymonitor/demo',
        },
      ];
    },
  );
  return { Anomalies: found };
}

/** By name: what it covers, and its amount by what that cost in the month before. */
const budgetList = [
  { name: 'aws-total', room: 1.15, covers: () => true },
  { name: 'aws-search', room: 0.9, covers: (charge: Charge) => String(charge.ResourceId).includes(':search-api:') },
  {
    name: 'aws-staging',
    room: 1.3,
    covers: (charge: Charge) => charge.SubAccountId === accounts.AWS.subAccounts.staging,
  },
] as const;

/** The budget of all that AWS bills. */
export const wholeBudget = budgetList[0].name;

function budgets(_input: Json, until: Date): Json {
  const { start, before, soFar, whole } = runningMonth('AWS', until);
  const usd = (amount: number) => ({ Amount: amount.toFixed(3), Unit: accounts.AWS.currency });
  return {
    Budgets: budgetList.map(({ name, room, covers }) => ({
      BudgetName: name,
      BudgetType: 'COST',
      TimeUnit: 'MONTHLY',
      BudgetLimit: usd(roughly(sumOf(before.filter(covers), 'BilledCost') * room, 100)),
      TimePeriod: { Start: start.getTime() / 1000 - 300 * 86_400, End: 3_706_473_600 },
      CalculatedSpend: {
        ActualSpend: usd(sumOf(soFar.filter(covers), 'BilledCost')),
        ForecastedSpend: usd(sumOf(whole.filter(covers), 'BilledCost')),
      },
    })),
  };
}
