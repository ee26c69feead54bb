/** The unit tests of the alerts on where money is going: what each has to do, by example. */
import {
  budgetAmount,
  budgetBurn,
  budgetForecast,
  budgetSpent,
  monthToDate,
  usageDayCost,
  usageDayDeviation,
  usageDayExpected,
  usageDayScore,
} from '../../exporters/cost/metrics.ts';
import { type AlertCase, given, type InputSeries, plainly, steady, stepping, untilStopped } from '../lib/cases.ts';

type Cases = readonly AlertCase[];

const shop = { budget: 'shop-monthly', team: 'shop', cost_basis: 'effective', currency: 'EUR' } as const;
const nobodys = { budget: 'everything', team: '', cost_basis: 'effective', currency: 'USD' } as const;
const { team: _none, ...withoutTeam } = nobodys;
const cart = { team: 'shop', service: 'cart', cost_basis: 'effective', currency: 'EUR' } as const;

type Budget = typeof shop | typeof nobodys;
const forecast = (budget: Budget, lower: string, mean: string, upper: string): readonly InputSeries[] => [
  given(budgetForecast, { ...budget, bound: 'lower' }, lower),
  given(budgetForecast, { ...budget, bound: 'mean' }, mean),
  given(budgetForecast, { ...budget, bound: 'upper' }, upper),
];
const burn = (budget: Budget, three: string, fourteen: string): readonly InputSeries[] => [
  given(budgetBurn, { ...budget, window: '3d' }, three),
  given(budgetBurn, { ...budget, window: '14d' }, fourteen),
];

export function budgetForecastExceeded(): Cases {
  const amount = given(budgetAmount, shop, steady(1000, 30));
  return [
    {
      kind: 'fires',
      name: 'fires when even the lower bound is above the amount',
      given: [
        amount,
        ...forecast(shop, steady(1100, 1), steady(1200, 1), steady(1300, 1)),
        given(budgetAmount, nobodys, steady(1000, 1)),
        ...forecast(nobodys, steady(800, 1), steady(900, 1), steady(1000, 1)),
      ],
      atHours: 0.5,
      firing: [{ labels: shop, value: 1.1 }],
    },
    {
      kind: 'fires',
      name: 'gives a budget without a team to the platform team',
      given: [
        given(budgetAmount, nobodys, steady(1000, 1)),
        ...forecast(nobodys, steady(1500, 1), steady(1600, 1), steady(1700, 1)),
      ],
      atHours: 0.5,
      firing: [{ labels: withoutTeam, value: 1.5 }],
    },
    {
      kind: 'quiet',
      name: 'stays quiet where the mean is above and the lower bound is not',
      given: [amount, ...forecast(shop, steady(990, 1), steady(1200, 1), steady(1400, 1))],
      atHours: 0.5,
    },
    {
      kind: 'quiet',
      name: 'stays quiet when the taxes of the first are billed, which the forecast had expected',
      given: [
        amount,
        given(budgetSpent, shop, stepping(0, 1, 300, 1)),
        ...forecast(shop, steady(850, 2), steady(900, 2), steady(950, 2)),
      ],
      atHours: 1.5,
    },
    {
      kind: 'quiet',
      name: 'stays quiet where the history is too short for a forecast',
      given: [amount, given(budgetSpent, shop, steady(400, 1))],
      atHours: 0.5,
    },
    {
      kind: 'quiet',
      name: 'resolves when the amount is raised',
      given: [
        given(budgetAmount, shop, stepping(1000, 1, 1500, 1)),
        ...forecast(shop, steady(1100, 2), steady(1200, 2), steady(1300, 2)),
      ],
      atHours: 1.5,
    },
    {
      kind: 'stopped',
      name: 'holds for a day after the exporter stopped',
      given: [amount, ...forecast(shop, untilStopped(1100, 1), untilStopped(1200, 1), untilStopped(1300, 1))],
      atHours: 24,
      firing: [{ labels: shop, value: 1.1 }],
    },
  ];
}

export function budgetBurnHigh(limit: number): Cases {
  const above = plainly(limit + 0.3);
  const below = plainly(limit - 0.1);
  return [
    {
      kind: 'fires',
      name: 'fires when both windows are above the limit',
      given: [
        ...burn(shop, steady(plainly(above + 1), 1), steady(above, 1)),
        ...burn(nobodys, steady(1, 1), steady(1, 1)),
      ],
      atHours: 0.5,
      firing: [{ labels: shop, value: above }],
    },
    {
      kind: 'quiet',
      name: 'stays quiet for three expensive days that the fortnight bears',
      given: burn(shop, steady(plainly(above + 1), 1), steady(below, 1)),
      atHours: 0.5,
    },
    {
      kind: 'quiet',
      name: 'stays quiet when the fortnight was expensive and it is over',
      given: burn(shop, stepping(above, 1, 0.9, 1), steady(above, 2)),
      atHours: 1.5,
    },
    {
      kind: 'quiet',
      name: 'stays quiet on the first of the month, when taxes and support of the whole month are billed',
      given: [
        ...burn(shop, steady(1, 2), steady(1, 2)),
        given(budgetAmount, shop, steady(1000, 2)),
        given(budgetSpent, shop, stepping(0, 1, 450, 1)),
        given(monthToDate, { ...cart, environment: 'production' }, stepping(0, 1, 450, 1)),
      ],
      atHours: 1.5,
    },
    {
      kind: 'quiet',
      name: 'stays quiet over a weekend at the limit, since weekdays are taken out',
      given: burn(shop, stepping(limit, 1, limit, 1), steady(limit, 2)),
      atHours: 1.5,
    },
    {
      kind: 'quiet',
      name: 'stays quiet where a gap leaves one window without a value',
      given: [given(budgetBurn, { ...shop, window: '14d' }, steady(above, 1))],
      atHours: 0.5,
    },
    {
      kind: 'stopped',
      name: 'holds for a day after the exporter stopped',
      given: burn(shop, untilStopped(above, 1), untilStopped(above, 1)),
      atHours: 24,
      firing: [{ labels: shop, value: above }],
    },
    {
      kind: 'stopped',
      name: 'ends a day after the exporter stopped',
      given: burn(shop, untilStopped(above, 1), untilStopped(above, 1)),
      atHours: 26,
    },
  ];
}

interface AnomalyLimits {
  readonly ratio: number;
  readonly amount: number;
  readonly score: number;
}

export function costAnomaly({ ratio, amount, score }: AnomalyLimits): Cases {
  interface Day {
    readonly actual: string;
    readonly expected: string;
    readonly deviation: string;
    readonly score: string;
  }
  const day = (values: Day): readonly InputSeries[] => [
    given(usageDayCost, cart, values.actual),
    given(usageDayExpected, cart, values.expected),
    given(usageDayDeviation, cart, values.deviation),
    given(usageDayScore, cart, values.score),
  ];
  const [much, far, strange] = [plainly(amount * 10), plainly(ratio + 0.2), plainly(score * 2)];
  const spike = {
    actual: steady(plainly(much * 2), 1),
    expected: steady(much, 1),
    deviation: steady(far, 1),
    score: steady(strange, 1),
  };
  return [
    {
      kind: 'fires',
      name: 'fires for a day that cost far more than its weekday does',
      given: day(spike),
      atHours: 0.5,
      firing: [{ labels: cart, value: much }],
    },
    {
      kind: 'fires',
      name: 'fires for a settled day that cost far less, and says so',
      given: day({
        actual: steady(0, 1),
        expected: steady(much, 1),
        deviation: steady(-1, 1),
        score: steady(-strange, 1),
      }),
      atHours: 0.5,
      firing: [{ labels: cart, value: -much }],
    },
    {
      kind: 'quiet',
      name: 'stays quiet for what is much in parts and little in money',
      given: day({
        ...spike,
        actual: steady(plainly(amount * 0.9), 1),
        expected: steady(0, 1),
        deviation: steady(1, 1),
      }),
      atHours: 0.5,
    },
    {
      kind: 'quiet',
      name: 'stays quiet for what is much in money and little in parts',
      given: day({ ...spike, deviation: steady(plainly(ratio - 0.05), 1) }),
      atHours: 0.5,
    },
    {
      kind: 'quiet',
      name: 'stays quiet where the days before were as far apart',
      given: day({ ...spike, score: steady(plainly(score - 0.5), 1) }),
      atHours: 0.5,
    },
    {
      kind: 'quiet',
      name: 'stays quiet on a weekend that is as cheap as it always is',
      given: day({
        actual: stepping(much, 1, plainly(much / 5), 1),
        expected: stepping(much, 1, plainly(much / 5), 1),
        deviation: steady(0, 2),
        score: steady(0, 2),
      }),
      atHours: 1.5,
    },
    {
      kind: 'quiet',
      name: 'stays quiet while the next day is arriving: month to date moves, the newest settled day does not',
      given: [
        ...day({ actual: steady(much, 2), expected: steady(much, 2), deviation: steady(0, 2), score: steady(0, 2) }),
        given(monthToDate, { ...cart, environment: 'production' }, stepping(much, 1, plainly(much * 1.1), 1)),
      ],
      atHours: 1.5,
    },
    {
      kind: 'quiet',
      name: 'stays quiet where a service has no settled day',
      given: [given(monthToDate, { ...cart, environment: 'production' }, steady(much, 1))],
      atHours: 0.5,
    },
    {
      kind: 'quiet',
      name: 'resolves with the next settled day',
      given: day({
        actual: stepping(plainly(much * 2), 1, much, 1),
        expected: steady(much, 2),
        deviation: stepping(far, 1, 0, 1),
        score: stepping(strange, 1, 0, 1),
      }),
      atHours: 1.5,
    },
    {
      kind: 'stopped',
      name: 'holds for a day after the exporter stopped',
      given: day({
        actual: untilStopped(plainly(much * 2), 1),
        expected: untilStopped(much, 1),
        deviation: untilStopped(far, 1),
        score: untilStopped(strange, 1),
      }),
      atHours: 24,
      firing: [{ labels: cart, value: much }],
    },
  ];
}
