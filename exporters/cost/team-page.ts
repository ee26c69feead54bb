/** What /teams/TEAM tells of money: effective cost, whether budgets last, and what moved. */
import type { TeamSeries } from '../core/team/page-series.ts';
import type { LabelOf, TeamDay, TeamReader } from '../core/team/reader.ts';
import type { TeamNumber, TeamSection, TeamTable, Verdict } from '../core/team/section.ts';
import { earliestOf, highestOf, select, sumOf, valuesOf } from '../core/team/select.ts';
import {
  budgetAmount,
  budgetConsumption,
  budgetForecast,
  budgetSpent,
  costChange,
  dailyCost,
  monthToDate,
  previousMonth,
  settledDay,
  teamForecast,
  teamUntaggedRatio,
} from './metrics.ts';

const basis = { cost_basis: 'effective' } as const;
const windowDays = 30;
const mostRows = 10;
/** As on the dashboards. */
const untaggedWarning = 0.2;
const budgetWarning = 0.8;

/** Of finops_cost_change. */
const reasonWords: Readonly<Record<string, string>> = {
  price: 'price of a unit',
  usage: 'more or less used',
  new: 'new',
  gone: 'gone',
  unmetered: 'without a quantity',
  shared: 'shared cost',
};

export async function costOfTeam(read: TeamReader): Promise<TeamSection> {
  const days = select(await read.lastDays(dailyCost, 2 * windowDays), basis);
  const currencies = valuesOf([...days, ...select(read.series(monthToDate), basis)], 'currency');
  const settled = earliestOf(read.series(settledDay));
  return {
    title: 'Cost',
    about: `Effective cost in the billing currency, over complete UTC days${settled === undefined ? '' : `; settled up to ${new Date(settled * 1000).toISOString().slice(0, 10)}, what is newer may still be restated`}.`,
    numbers:
      currencies.length === 0
        ? [nothing]
        : currencies.flatMap(currency =>
            numbers(read, days, currency).map(one =>
              currencies.length === 1 ? one : { ...one, label: `${one.label} (${currency})` },
            ),
          ),
    tables: [budgets(read), ...currencies.map(currency => services(days, currency)), movers(read)],
    links: [],
  };
}

const nothing: TeamNumber = {
  label: `Last ${windowDays} days`,
  amount: undefined,
  absent: 'no bill has cost of this team',
};

type Day = TeamDay<LabelOf<typeof dailyCost>>;

function numbers(read: TeamReader, all: readonly Day[], currency: string): readonly TeamNumber[] {
  const own = { currency } as const;
  const days = select(all, own);
  const { recent, before, isWhole } = halves(days, all);
  const money = (value: number | undefined) =>
    value === undefined ? undefined : ({ value, unit: 'currency', currency } as const);
  const total = (series: readonly TeamSeries[]) => (series.length === 0 ? undefined : sumOf(series));
  const forecast = select(read.series(teamForecast), { ...own, ...basis });
  const bound = (name: string) => highestOf(forecast, { bound: name });
  const [mean, lower, upper] = [bound('mean'), bound('lower'), bound('upper')];
  const whole = (value: number) => `${currency} ${Math.round(value).toLocaleString('en')}`;
  const untagged = highestOf(read.series(teamUntaggedRatio), own);
  return [
    {
      label: `Last ${windowDays} days`,
      amount: money(total(recent)),
      absent: `no cost in the last ${windowDays} days`,
      before: { value: isWhole ? total(before) : undefined, when: `in the ${windowDays} days before` },
      better: 'less',
      ...(recent.length > 0 && {
        trend: { values: byDay(days, all), label: `By day, ${all[0]?.day} to ${all.at(-1)?.day}, from 0` },
      }),
    },
    {
      label: 'This month so far',
      amount: money(total(select(read.series(monthToDate), { ...own, ...basis }))),
      absent: 'no cost this month or the month before',
    },
    {
      label: 'Forecast of this month',
      amount: money(mean),
      absent: 'needs 14 days of bills',
      ...(lower !== undefined &&
        upper !== undefined && { detail: `80 % interval: ${whole(lower)} to ${whole(upper)}` }),
    },
    {
      label: 'Last month',
      amount: money(total(select(read.series(previousMonth), { ...own, ...basis }))),
      absent: 'no bill of last month',
    },
    {
      label: `Untagged, ${windowDays} days`,
      amount: untagged === undefined ? undefined : { value: untagged, unit: 'ratio' },
      absent: 'nothing that could carry a tag',
      ...(untagged !== undefined && { detail: 'of the cost that could carry a tag that a rule reads' }),
      ...(untagged !== undefined &&
        untagged >= untaggedWarning && {
          verdict: { tone: 'warning', text: 'much of it is untagged' },
          links: [{ text: 'Runbook', href: '/runbooks/UntaggedCostHigh' }],
        }),
    },
  ];
}

const dates = (days: readonly Day[]) => [...new Set(days.map(({ day }) => day))].sort();

/** The newest days and as many before them; by the days that any of the team's cost has. */
function halves(days: readonly Day[], all: readonly Day[]) {
  const newest = all.at(-1)?.day ?? '';
  const on = (back: number) =>
    new Date(Date.parse(`${newest}T00:00:00Z`) - back * 86_400_000).toISOString().slice(0, 10);
  if (newest === '') return { recent: [], before: [], isWhole: false };
  const edge = on(windowDays);
  return {
    recent: days.filter(({ day }) => day > edge),
    before: days.filter(({ day }) => day <= edge),
    isWhole: (all[0]?.day ?? '') <= on(2 * windowDays - 1),
  };
}

/** A day without a sample has no cost. */
const byDay = (days: readonly Day[], all: readonly Day[]) => {
  const sums = Map.groupBy(days, ({ day }) => day);
  return dates(all).map(day => sumOf(sums.get(day) ?? []));
};

function budgets(read: TeamReader): TeamTable {
  const [amounts, spent, shares] = [
    read.series(budgetAmount),
    read.series(budgetSpent),
    read.series(budgetConsumption),
  ];
  const forecasts = select(read.series(budgetForecast), { bound: 'mean' });
  const rows = amounts.map(({ labels, value }) => {
    const { budget = '', cost_basis = '', currency = '' } = labels;
    const same = { budget, cost_basis, currency };
    const money = (amount: number | undefined) =>
      amount === undefined ? undefined : ({ value: amount, unit: 'currency', currency } as const);
    const share = highestOf(shares, same);
    const expected = highestOf(forecasts, same);
    return [
      `${budget}${cost_basis === 'effective' ? '' : ` (${cost_basis})`}`,
      money(value),
      money(highestOf(spent, same)),
      share === undefined ? undefined : ({ value: share, unit: 'ratio' } as const),
      money(expected),
      verdictOf(share, expected === undefined ? undefined : expected / value),
      share !== undefined && share >= 1 ? { text: 'BudgetExceeded', href: '/runbooks/BudgetExceeded' } : '',
    ];
  });
  return {
    caption: 'Budgets of this month',
    columns: ['Budget', 'Amount', 'Spent', 'Share', 'Forecast', 'State', 'Runbook'],
    rows,
    empty: 'No budget is configured for this team.',
  };
}

function verdictOf(share: number | undefined, expected: number | undefined): Verdict | undefined {
  if (share === undefined) return undefined;
  if (share >= 1) return { tone: 'bad', text: 'spent' };
  if (expected !== undefined && expected > 1) return { tone: 'warning', text: 'will not last' };
  return share >= budgetWarning ? { tone: 'warning', text: 'nearly spent' } : { tone: 'good', text: 'lasts' };
}

function services(all: readonly Day[], currency: string): TeamTable {
  const days = select(all, { currency });
  const { recent, before, isWhole } = halves(days, all);
  const rows = valuesOf(days, 'service')
    .map(service => {
      const sum = (series: readonly Day[]) => sumOf(select(series, { service }));
      return { service, now: sum(recent), was: sum(before) };
    })
    .filter(({ now, was }) => Math.max(Math.abs(now), Math.abs(was)) >= 0.005)
    .toSorted((a, b) => b.now - a.now);
  const money = (value: number) => ({ value, unit: 'currency', currency }) as const;
  return {
    caption: `Services, ${windowDays} days (${currency})`,
    columns: ['Service', `Last ${windowDays} days`, `${windowDays} days before`, 'Change'],
    rows: rows
      .slice(0, mostRows)
      .map(({ service, now, was }) => [
        service || 'no service',
        money(now),
        ...(isWhole ? [money(was), { ...money(now - was), isChange: true }] : [undefined, undefined]),
      ]),
    empty: 'No cost.',
    more: Math.max(0, rows.length - mostRows),
  };
}

function movers(read: TeamReader): TeamTable {
  const moved = [...select(read.series(costChange), { period: '30d' })]
    .filter(({ value }) => Math.abs(value) >= 0.005)
    .sort((a, b) => Math.abs(b.value) - Math.abs(a.value));
  return {
    caption: 'What moved most, last 30 days over the 30 before',
    columns: ['Service', 'Because', 'Change'],
    rows: moved
      .slice(0, mostRows)
      .map(({ labels, value }) => [
        labels.service || 'no service',
        reasonWords[labels.reason ?? ''] ?? labels.reason ?? '',
        { value, unit: 'currency', currency: labels.currency ?? '', isChange: true },
      ]),
    empty: 'Nothing moved, or there are no 60 days of bills yet.',
    more: Math.max(0, moved.length - mostRows),
  };
}
