/** The courses of traffic that every SLO is tried on. */
import type { BurnWindow } from '../model.ts';
import type { Phase } from './schedule.ts';

export interface Scenario {
  readonly name: string;
  readonly phases: readonly Phase[];
}

export interface Conditions {
  /** 1 − the target; of a composite the strictest. */
  readonly budget: number;
  readonly windows: readonly BurnWindow[];
  readonly stepSeconds: number;
  /** Counters may have a part of their events bad; of gauges each sample is good or bad. */
  readonly of: 'counter' | 'gauge';
  readonly noTrafficAfter: number | undefined;
}

/** Traffic with few errors, an outage and its recovery, a slow burn, and none. */
export function scenariosOf(conditions: Conditions): readonly Scenario[] {
  const { noTrafficAfter, stepSeconds } = conditions;
  const steps = (seconds: number) => Math.max(1, Math.round(seconds / stepSeconds));
  const shortest = Math.min(...conditions.windows.map(({ long }) => long), 3_600);
  const noise = (length: number): Phase => share(conditions, 0.5, length);
  const outage = { total: noise(1).total, bad: noise(1).total, steps: steps(shortest) };
  return [
    { name: 'normal noise', phases: [noise(steps(6 * shortest))] },
    {
      name: 'outage and recovery',
      phases: [noise(steps(6 * shortest)), outage, noise(steps(8 * shortest))],
    },
    { name: 'slow burn', phases: slowly(conditions, steps(12 * shortest)) },
    ...(noTrafficAfter === undefined
      ? []
      : [
          {
            name: 'no traffic',
            phases: [noise(steps(2 * shortest)), { total: 0, bad: 0, steps: steps(noTrafficAfter + 2 * 3_600) }],
          },
        ]),
  ];
}

/** A burn between the fastest ticket's rate and the slowest page's. */
function slowly(conditions: Conditions, length: number): readonly Phase[] {
  const rates = (severity: BurnWindow['severity']) =>
    conditions.windows.filter(window => window.severity === severity).map(({ burnRate }) => burnRate.toNumber());
  const ticket = Math.max(...rates('ticket'), 1);
  const page = Math.min(...rates('page'), 2 * ticket + 1);
  const burn = Math.min(page > ticket ? (ticket + page) / 2 : 1.5 * ticket, 1 / conditions.budget);
  if (conditions.of === 'counter') return [share(conditions, burn, length)];
  // Bad samples as evenly between good ones as they come.
  const period = Math.min(length, Math.max(1, Math.floor(1 / (burn * conditions.budget))));
  return Array.from({ length: Math.floor(length / period) }, () => [
    ...(period > 1 ? [{ total: 1, bad: 0, steps: period - 1 }] : []),
    { total: 1, bad: 1, steps: 1 },
  ]).flat();
}

/** Even traffic that burns the budget at a rate, in whole events a minute. */
function share({ budget, of }: Conditions, burn: number, steps: number): Phase {
  if (of === 'gauge') return { total: 1, bad: burn >= 1 ? 1 : 0, steps };
  const bad = 10;
  return { total: Math.ceil(bad / (budget * burn)), bad, steps };
}
