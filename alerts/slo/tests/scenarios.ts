/** The courses of traffic that every SLO is tried on. */
import type { BurnWindow } from '../model.ts';
import { conditionScenario, silenceTold } from './conditions.ts';
import type { Conditions, Scenario } from './scenario.ts';
import type { Phase } from './traffic.ts';

/**
 * Traffic with few errors; a burn that the fastest pair alone tells, and its recovery; one that the slower pages tell; one
 * that is a ticket; an outage, in one window of a calendar and before its next; one for each single condition; and no traffic.
 */
export function scenariosOf(conditions: Conditions): readonly Scenario[] {
  const { noTrafficAfter = 0, stepSeconds, windows, budget, single, leastBadEvents, lookback } = conditions;
  const silence = conditions.isNeverSilent ? 0 : Math.max(noTrafficAfter, silenceTold(single, stepSeconds));
  const steps = (seconds: number) => Math.max(1, Math.round(seconds / stepSeconds));
  const shortest = Math.max(stepSeconds, Math.min(...windows.map(({ long }) => long), 3_600));
  const during = (lengths: number, burn = 0.5): Phase => share(conditions, burn, steps(lengths * shortest));
  const [fastest = 1, next] = [...new Set(ratesOf(windows, 'page'))].sort((a, b) => b - a);
  const outage = { ...during(1), bad: during(1).total };
  return [
    { name: 'normal noise', phases: [during(6)] },
    { name: 'fast burn and recovery', phases: [during(6), during(1, Math.min(1.5 * fastest, 1 / budget)), during(8)] },
    ...(next === undefined ? [] : [{ name: 'steady burn', phases: [during(2, (fastest + next) / 2), during(2)] }]),
    { name: 'slow burn', phases: slowly(conditions, steps(12 * shortest)) },
    { name: 'outage', phases: [during(1), outage, during(1)] },
    ...(conditions.isCalendar
      ? [{ name: 'the next window begins', phases: [during(1), outage, during(1)], before: 2 * during(1).steps }]
      : []),
    ...single.map(condition => conditionScenario(conditions, condition, leastBadEvents)),
    ...(silence === 0
      ? []
      : [
          {
            name: 'no traffic',
            phases: [during(2), { total: 0, bad: 0, steps: steps(silence + lookback + 7_200) + 3 }],
          },
        ]),
  ];
}

const ratesOf = (windows: readonly BurnWindow[], severity: BurnWindow['severity']): readonly number[] =>
  windows.filter(window => window.severity === severity).map(({ burnRate }) => burnRate.toNumber());

/** A burn between the fastest ticket's rate and the slowest page's. */
function slowly(conditions: Conditions, length: number): readonly Phase[] {
  const ticket = Math.max(...ratesOf(conditions.windows, 'ticket'), 1);
  const page = Math.min(...ratesOf(conditions.windows, 'page'), 2 * ticket + 1);
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
