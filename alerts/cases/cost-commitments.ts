/** The unit tests of the alerts on commitments and clusters: what each has to do, by example. */
import { commitmentUtilisation, kubernetesReconciliationGap as gap } from '../../exporters/cost/metrics.ts';
import { type AlertCase, given, plainly, steady, stepping, untilStopped } from '../lib/cases.ts';

type Cases = readonly AlertCase[];

const plan = { provider: 'AWS', commitment: 'sp-1', currency: 'USD' } as const;
const reservation = { provider: 'Microsoft', commitment: 'ri-2', currency: 'EUR' } as const;
const prod = { cluster: 'prod', currency: 'EUR' } as const;
const test = { cluster: 'test', currency: 'EUR' } as const;

export function commitmentUnderused(least: number): Cases {
  const below = plainly(least - 0.05);
  return [
    {
      kind: 'fires',
      name: 'fires below the least use, for the commitment that is below it alone',
      given: [
        given(commitmentUtilisation, plan, steady(below, 2)),
        given(commitmentUtilisation, reservation, steady(1, 2)),
      ],
      atHours: 1.5,
      firing: [{ labels: plan, value: below }],
    },
    {
      kind: 'fires',
      name: 'fires for one that nothing uses',
      given: [given(commitmentUtilisation, reservation, steady(0, 2))],
      atHours: 1.5,
      firing: [{ labels: reservation, value: 0 }],
    },
    {
      kind: 'quiet',
      name: 'stays quiet at the least use',
      given: [given(commitmentUtilisation, plan, steady(least, 2))],
      atHours: 1.5,
    },
    {
      kind: 'quiet',
      name: 'resolves when it is used again',
      given: [given(commitmentUtilisation, plan, stepping(below, 2, 0.99, 2))],
      atHours: 3.5,
    },
    {
      kind: 'stopped',
      name: 'holds for a day after the exporter stopped',
      given: [given(commitmentUtilisation, plan, untilStopped(below, 2))],
      atHours: 24,
      firing: [{ labels: plan, value: below }],
    },
    {
      kind: 'stopped',
      name: 'ends a day after the exporter stopped',
      given: [given(commitmentUtilisation, plan, untilStopped(below, 2))],
      atHours: 27,
    },
  ];
}

export function kubernetesReconciliationGap(limit: number): Cases {
  const above = plainly(limit + 0.1);
  return [
    {
      kind: 'fires',
      name: 'fires where the cluster says more than the bill, or less',
      given: [given(gap, prod, steady(above, 2)), given(gap, test, steady(-above, 2))],
      atHours: 1.5,
      firing: [
        { labels: prod, value: above },
        { labels: test, value: above },
      ],
    },
    {
      kind: 'quiet',
      name: 'stays quiet at the limit, on either side',
      given: [given(gap, prod, steady(limit, 2)), given(gap, test, steady(-limit, 2))],
      atHours: 1.5,
    },
    {
      kind: 'stopped',
      name: 'holds for a day after the exporter stopped',
      given: [given(gap, prod, untilStopped(above, 2))],
      atHours: 24,
      firing: [{ labels: prod, value: above }],
    },
  ];
}
