/** The unit tests of the alerts on what providers say. */
import {
  vendorActiveAnomalies,
  vendorBudgetActual,
  vendorBudgetAmount,
  vendorBudgetForecast,
} from '../../exporters/cost/metrics.ts';
import { type AlertCase, given, steady, stepping, untilStopped } from '../lib/cases.ts';

type Cases = readonly AlertCase[];

const scope = { source: 'cost-explorer', provider: 'AWS', billing_account: '100000000001' } as const;
const all = { ...scope, budget: 'all', team: 'search', currency: 'USD' } as const;
const other = { ...all, budget: 'other', team: '' } as const;
const { team: _none, ...withoutTeam } = other;

export function vendorBudgetExceeded(): Cases {
  return [
    {
      kind: 'fires',
      name: 'fires above the amount, for the budget that is above it alone',
      given: [
        given(vendorBudgetAmount, all, steady(200, 1)),
        given(vendorBudgetActual, all, steady(250, 1)),
        given(vendorBudgetAmount, other, steady(500, 1)),
        given(vendorBudgetActual, other, steady(250, 1)),
      ],
      atHours: 0.5,
      firing: [{ labels: all, value: 1.25 }],
    },
    {
      kind: 'fires',
      name: "gives a budget that is no team's to the platform team",
      given: [given(vendorBudgetAmount, other, steady(200, 1)), given(vendorBudgetActual, other, steady(250, 1))],
      atHours: 0.5,
      firing: [{ labels: withoutTeam, value: 1.25 }],
    },
    {
      kind: 'quiet',
      name: 'stays quiet at the amount, and where the provider does not say what was spent',
      given: [
        given(vendorBudgetAmount, all, steady(200, 1)),
        given(vendorBudgetActual, all, steady(200, 1)),
        given(vendorBudgetAmount, other, steady(1, 1)),
      ],
      atHours: 0.5,
    },
    {
      kind: 'quiet',
      name: 'resolves when a new period begins',
      given: [given(vendorBudgetAmount, all, steady(200, 5)), given(vendorBudgetActual, all, stepping(250, 2, 1, 3))],
      atHours: 3,
    },
    {
      kind: 'stopped',
      name: 'holds for a day after the exporter stopped',
      given: [
        given(vendorBudgetAmount, all, untilStopped(200, 1)),
        given(vendorBudgetActual, all, untilStopped(250, 1)),
      ],
      atHours: 24,
      firing: [{ labels: all, value: 1.25 }],
    },
  ];
}

export function vendorBudgetForecastExceeded(): Cases {
  return [
    {
      kind: 'fires',
      name: 'fires after an hour of an expectation above the amount',
      given: [given(vendorBudgetAmount, all, steady(200, 3)), given(vendorBudgetForecast, all, steady(250, 3))],
      atHours: 2,
      firing: [{ labels: all, value: 1.25 }],
    },
    {
      kind: 'fires',
      name: "gives a budget that is no team's to the platform team",
      given: [given(vendorBudgetAmount, other, steady(200, 3)), given(vendorBudgetForecast, other, steady(250, 3))],
      atHours: 2,
      firing: [{ labels: withoutTeam, value: 1.25 }],
    },
    {
      kind: 'quiet',
      name: 'stays quiet at the amount, and where nothing is expected',
      given: [
        given(vendorBudgetAmount, all, steady(250, 3)),
        given(vendorBudgetForecast, all, steady(250, 3)),
        given(vendorBudgetAmount, other, steady(1, 3)),
        given(vendorBudgetActual, other, steady(5, 3)),
      ],
      atHours: 2,
    },
    {
      kind: 'stopped',
      name: 'holds for a day after the exporter stopped',
      given: [
        given(vendorBudgetAmount, all, untilStopped(200, 2)),
        given(vendorBudgetForecast, all, untilStopped(250, 2)),
      ],
      atHours: 25,
      firing: [{ labels: all, value: 1.25 }],
    },
  ];
}

export function vendorCostAnomaly(): Cases {
  return [
    {
      kind: 'fires',
      name: 'fires while an anomaly goes on',
      given: [given(vendorActiveAnomalies, scope, steady(2, 1))],
      atHours: 0.5,
      firing: [{ labels: scope, value: 2 }],
    },
    {
      kind: 'quiet',
      name: 'stays quiet where the provider sees none, and when the last one is over',
      given: [
        given(vendorActiveAnomalies, scope, steady(0, 4)),
        given(vendorActiveAnomalies, { ...scope, billing_account: '2' }, stepping(1, 2, 0, 2)),
      ],
      atHours: 3,
    },
    {
      kind: 'stopped',
      name: 'holds for a day after the exporter stopped',
      given: [given(vendorActiveAnomalies, scope, untilStopped(1, 1))],
      atHours: 24,
      firing: [{ labels: scope, value: 1 }],
    },
  ];
}
