/** Azure: a token for whoever asks, Cost Management's Query and Forecast (2023-11-01), and Budgets (2023-05-01). */
import { chargeTypeOf } from '../azure-export.ts';
import { dayMs, isoDay, roughly } from '../chance.ts';
import type { Charge } from '../charges.ts';
import { accounts } from '../world.ts';
import { dayOf, knownCharges, runningMonth, sumOf } from './known.ts';
import type { Vendor } from './vendor.ts';

const { currency, subAccounts } = accounts.Microsoft;

export const azureAnswer: Vendor = ({ url, body, until }) => {
  if (url.pathname.endsWith('/oauth2/v2.0/token'))
    return { status: 200, body: { token_type: 'Bearer', access_token: 'demo', expires_in: 3600 } };
  if (url.pathname.endsWith('/Microsoft.CostManagement/query')) return { status: 200, body: query(body, until) };
  if (url.pathname.endsWith('/Microsoft.CostManagement/forecast')) return { status: 200, body: forecast(until) };
  if (url.pathname.endsWith('/Microsoft.Consumption/budgets')) return { status: 200, body: budgets(until) };
  return undefined;
};

interface Question {
  readonly type: string;
  readonly timePeriod: { readonly from: string; readonly to: string };
  readonly dataset: {
    readonly granularity: string;
    readonly grouping: readonly { readonly type: string; readonly name: string }[];
    readonly filter?: { readonly dimensions: { readonly values: readonly string[] } };
  };
}

function query(text: string, until: Date) {
  const { type, timePeriod, dataset } = JSON.parse(text) as Question;
  const from = new Date(timePeriod.from.slice(0, 10));
  const to = new Date(Date.parse(timePeriod.to.slice(0, 10)) + dayMs);
  const types = dataset.filter?.dimensions.values;
  const isDaily = dataset.granularity === 'Daily';
  const charges = [...knownCharges('Microsoft', { from, to }, until), ...bandwidth(from, to, until)].filter(
    charge => types === undefined || types.includes(chargeTypeOf(charge)),
  );
  const groups = Map.groupBy(charges, charge =>
    JSON.stringify([
      ...(isDaily ? [dayOf(charge)] : []),
      ...dataset.grouping.map(({ name }) => dimensionOf(charge, name)),
    ]),
  );
  const rows = [...groups].map(([key, members]) => {
    const cost = Number(sumOf(members, type === 'AmortizedCost' ? 'EffectiveCost' : 'BilledCost').toFixed(8));
    const [day, ...rest] = isDaily ? (JSON.parse(key) as string[]) : ['', ...(JSON.parse(key) as string[])];
    return [cost, ...(isDaily ? [Number(day?.replaceAll('-', ''))] : []), ...rest, currency];
  });
  return tableOf(
    ['Cost', ...(isDaily ? ['UsageDate'] : []), ...dataset.grouping.map(({ name }) => name), 'Currency'],
    rows,
  );
}

/** What its query already knows and its export has not told yet: such things are why the two are held against each other. */
function bandwidth(from: Date, to: Date, until: Date): Charge[] {
  const charges: Charge[] = [];
  for (let ms = from.getTime(); ms < Math.min(to.getTime(), until.getTime()); ms += dayMs)
    charges.push({
      ChargePeriodStart: new Date(ms).toISOString(),
      ChargeCategory: 'Usage',
      ServiceName: 'Bandwidth',
      SubAccountId: subAccounts.shared,
      BilledCost: 0.45,
      EffectiveCost: 0.45,
    });
  return charges;
}

function dimensionOf(charge: Charge, name: string): string {
  if (name === 'ChargeType') return chargeTypeOf(charge);
  if (name === 'ServiceName') return String(charge.ServiceName ?? '');
  if (name === 'SubscriptionId') return String(charge.SubAccountId ?? '');
  return '';
}

const tableOf = (names: readonly string[], rows: readonly (readonly unknown[])[]) => ({
  properties: {
    nextLink: null,
    columns: names.map(name => ({ name, type: ['Cost', 'UsageDate'].includes(name) ? 'Number' : 'String' })),
    rows,
  },
});

function forecast(until: Date) {
  const { start, end, soFar, whole } = runningMonth('Microsoft', until);
  const rows: unknown[][] = [];
  for (let ms = start.getTime(); ms < end.getTime(); ms += dayMs) {
    const day = isoDay(new Date(ms));
    const isActual = ms < until.getTime();
    const cost = sumOf(
      (isActual ? soFar : whole).filter(charge => dayOf(charge) === day),
      'BilledCost',
    );
    rows.push([Number(cost.toFixed(6)), Number(day.replaceAll('-', '')), isActual ? 'Actual' : 'Forecast', currency]);
  }
  return tableOf(['Cost', 'UsageDate', 'CostStatus', 'Currency'], rows);
}

function budgets(until: Date) {
  const { start, before, soFar, whole } = runningMonth('Microsoft', until);
  const spend = (amount: number) => ({ amount: Number(amount.toFixed(2)), unit: currency });
  return {
    value: [
      {
        name: 'azure-total',
        id: 'azure-total',
        properties: {
          category: 'Cost',
          amount: roughly(sumOf(before, 'BilledCost') * 1.2, 100),
          timeGrain: 'Monthly',
          timePeriod: { startDate: `${start.getUTCFullYear() - 1}-01-01T00:00:00Z`, endDate: '2099-12-31T00:00:00Z' },
          currentSpend: spend(sumOf(soFar, 'BilledCost')),
          forecastSpend: spend(sumOf(whole, 'BilledCost')),
        },
      },
    ],
    nextLink: null,
  };
}
