/** The unit tests of the alerts on money: what each has to do, by example. */
import {
  budgetAmount,
  budgetConsumption,
  newestCharge,
  previousMonth,
  reconciliationGap as reconciliationGapRatio,
  residual,
  restated,
  teamUntaggedRatio,
  unallocatedRatio,
} from '../../exporters/cost/metrics.ts';
import { type AlertCase, given, plainly, steady, stepping, untilStopped } from '../lib/cases.ts';

type Cases = readonly AlertCase[];

const shop = { budget: 'shop-monthly', team: 'shop', cost_basis: 'effective', currency: 'EUR' } as const;
const nobodys = { budget: 'everything', team: '', cost_basis: 'effective', currency: 'USD' } as const;
const { team: _none, ...withoutTeam } = nobodys;
const euro = { currency: 'EUR' } as const;
const untagged = { team: 'search', currency: 'USD' } as const;
const provider = { provider: 'AWS' } as const;
const billed = { cost_basis: 'billed', currency: 'EUR' } as const;
const account = {
  provider: 'Azure',
  billing_account: '7001',
  against: 'invoice',
  period: 'ended',
  currency: 'EUR',
} as const;
const secondSource = { ...account, against: 'cloudhealth', period: 'running' } as const;
const movedUp = { provider: 'AWS', direction: 'up', cost_basis: 'effective', currency: 'EUR' } as const;
const { cost_basis: _basis, ...moved } = movedUp;
const lastMonth = given(
  previousMonth,
  { team: 'shop', service: 'cart', environment: 'production', cost_basis: 'effective', currency: 'EUR' },
  steady(1000, 30),
);

export function budgetAtRisk(atRisk: number): Cases {
  const above = plainly(atRisk + 0.05);
  return [
    {
      kind: 'fires',
      name: 'fires from the warning ratio, for the budget that reached it alone',
      given: [given(budgetConsumption, shop, steady(above, 1)), given(budgetConsumption, nobodys, steady(0.4, 1))],
      atHours: 0.5,
      firing: [{ labels: shop, value: above }],
    },
    {
      kind: 'fires',
      name: 'gives a budget without a team to the platform team',
      given: [given(budgetConsumption, nobodys, steady(atRisk, 1))],
      atHours: 0.5,
      firing: [{ labels: withoutTeam, value: atRisk }],
    },
    {
      kind: 'quiet',
      name: 'stays quiet below the warning ratio',
      given: [given(budgetConsumption, shop, steady(plainly(atRisk - 0.01), 1))],
      atHours: 0.5,
    },
    {
      kind: 'quiet',
      name: 'resolves when a new month begins',
      given: [given(budgetConsumption, shop, stepping(plainly(atRisk + 0.1), 2, 0.01, 1))],
      atHours: 2.5,
    },
    {
      kind: 'stopped',
      name: 'holds for a day after the exporter stopped',
      given: [given(budgetConsumption, shop, untilStopped(above, 1))],
      atHours: 24,
      firing: [{ labels: shop, value: above }],
    },
    {
      kind: 'stopped',
      name: 'ends a day after the exporter stopped',
      given: [given(budgetConsumption, shop, untilStopped(above, 1))],
      atHours: 26,
    },
  ];
}

export function budgetExceeded(): Cases {
  return [
    {
      kind: 'fires',
      name: 'fires when the whole budget is used, and says how much it is',
      given: [given(budgetConsumption, shop, steady(1, 1)), given(budgetAmount, shop, steady(1200, 1))],
      atHours: 0.5,
      firing: [{ labels: shop, value: 1 }],
    },
    {
      kind: 'quiet',
      name: 'stays quiet just below the budget',
      given: [given(budgetConsumption, shop, steady(0.999, 1))],
      atHours: 0.5,
    },
    {
      kind: 'stopped',
      name: 'holds for a day after the exporter stopped',
      given: [given(budgetConsumption, shop, untilStopped(1.25, 1))],
      atHours: 24,
      firing: [{ labels: shop, value: 1.25 }],
    },
  ];
}

export function unallocatedCostHigh(limit: number): Cases {
  const above = plainly(limit + 0.05);
  return [
    {
      kind: 'fires',
      name: 'fires after an hour above the limit',
      given: [given(unallocatedRatio, euro, steady(above, 2))],
      atHours: 1.5,
      firing: [{ labels: euro, value: above }],
    },
    {
      kind: 'quiet',
      name: 'stays quiet at the limit',
      given: [given(unallocatedRatio, euro, steady(limit, 2))],
      atHours: 1.5,
    },
    {
      kind: 'stopped',
      name: 'holds for a day after the exporter stopped',
      given: [given(unallocatedRatio, euro, untilStopped(above, 2))],
      atHours: 25,
      firing: [{ labels: euro, value: above }],
    },
  ];
}

export function untaggedCostHigh(limit: number): Cases {
  const above = plainly(limit + 0.1);
  return [
    {
      kind: 'fires',
      name: 'fires for the team above the limit',
      given: [
        given(teamUntaggedRatio, untagged, steady(above, 2)),
        given(teamUntaggedRatio, { ...untagged, team: 'shop' }, steady(0, 2)),
      ],
      atHours: 1.5,
      firing: [{ labels: untagged, value: above }],
    },
    {
      kind: 'quiet',
      name: 'stays quiet at the limit',
      given: [given(teamUntaggedRatio, untagged, steady(limit, 2))],
      atHours: 1.5,
    },
    {
      kind: 'stopped',
      name: 'holds for a day after the exporter stopped',
      given: [given(teamUntaggedRatio, untagged, untilStopped(above, 2))],
      atHours: 25,
      firing: [{ labels: untagged, value: above }],
    },
  ];
}

export function billingDataStale(staleHours: number): Cases {
  return [
    {
      kind: 'fires',
      name: 'fires an hour after the newest charge is too old',
      given: [given(newestCharge, provider, steady(0, staleHours + 6))],
      atHours: staleHours + 2,
      firing: [{ labels: provider, value: (staleHours + 2) * 3600 }],
    },
    {
      kind: 'quiet',
      name: 'stays quiet while new days arrive',
      given: [given(newestCharge, provider, stepping(0, staleHours - 12, 86_400, 24))],
      atHours: staleHours + 6,
    },
    {
      kind: 'stopped',
      name: 'goes on counting for a day after the exporter stopped',
      given: [given(newestCharge, provider, untilStopped(0, staleHours - 12))],
      atHours: staleHours + 6,
      firing: [{ labels: provider, value: (staleHours + 6) * 3600 }],
    },
  ];
}

export function allocationResidual(): Cases {
  return [
    {
      kind: 'fires',
      name: 'fires for a cent that is missing',
      given: [given(residual, billed, steady(0.01, 1)), given(residual, { ...billed, currency: 'USD' }, steady(0, 1))],
      atHours: 0.5,
      firing: [{ labels: billed, value: 0.01 }],
    },
    {
      kind: 'quiet',
      name: 'stays quiet for the last digit of a sum',
      given: [given(residual, billed, steady(1e-7, 1))],
      atHours: 0.5,
    },
    {
      kind: 'stopped',
      name: 'holds for a day after the exporter stopped',
      given: [given(residual, billed, untilStopped(12.5, 1))],
      atHours: 24,
      firing: [{ labels: billed, value: 12.5 }],
    },
  ];
}

export function reconciliationGap(limit: number): Cases {
  const above = plainly(limit + 0.02);
  return [
    {
      kind: 'fires',
      name: 'fires when less was billed than invoiced',
      given: [given(reconciliationGapRatio, account, steady(-above, 2))],
      atHours: 1.5,
      firing: [{ labels: account, value: above }],
    },
    {
      kind: 'fires',
      name: 'fires for the second source that says less, though the invoice agrees',
      given: [
        given(reconciliationGapRatio, account, steady(0, 2)),
        given(reconciliationGapRatio, secondSource, steady(above, 2)),
      ],
      atHours: 1.5,
      firing: [{ labels: secondSource, value: above }],
    },
    {
      kind: 'quiet',
      name: 'stays quiet within what is let pass, against whatever',
      given: [
        given(reconciliationGapRatio, account, steady(-plainly(limit / 2), 2)),
        given(reconciliationGapRatio, { ...account, against: 'budget:all' }, steady(limit, 2)),
      ],
      atHours: 1.5,
    },
    {
      kind: 'stopped',
      name: 'holds for a day after the exporter stopped',
      given: [given(reconciliationGapRatio, account, untilStopped(above, 2))],
      atHours: 25,
      firing: [{ labels: account, value: above }],
    },
  ];
}

export function largeRestatement(limit: number): Cases {
  const amount = plainly(1000 * limit * 2);
  return [
    {
      kind: 'fires',
      name: 'fires when a day moved more than the limit, by exact counts',
      given: [lastMonth, given(restated, movedUp, stepping(500, 25, 500 + amount, 2))],
      atHours: 26,
      firing: [{ labels: moved, value: plainly(limit * 2) }],
    },
    {
      kind: 'fires',
      name: 'fires for the first restatement there ever was',
      given: [lastMonth, given(restated, movedUp, `_x299 ${amount}x30`)],
      atHours: 26,
      firing: [{ labels: moved, value: plainly(limit * 2) }],
    },
    {
      kind: 'quiet',
      name: 'stays quiet for what was restated more than a day ago',
      given: [lastMonth, given(restated, movedUp, steady(5000, 30))],
      atHours: 26,
    },
    {
      kind: 'stopped',
      name: 'holds after the exporter stopped, while the day lasts',
      given: [lastMonth, given(restated, movedUp, `500x299 ${500 + amount}x11 stale`)],
      atHours: 30,
      firing: [{ labels: moved, value: plainly(limit * 2) }],
    },
  ];
}
