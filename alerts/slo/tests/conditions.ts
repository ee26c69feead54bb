/** Alerts on single conditions, as alert policies have them: one look back, one threshold, and how long it has to hold. */
import type { BurnCondition, Operator, Slo } from '../model.ts';
import { burnOf, rangesOf, type SimulatedPart, sumOf } from './arithmetic.ts';
import { type Expectation, expectation, firingExpectations, selectorOf } from './expectations.ts';
import type { Conditions, Scenario } from './scenario.ts';
import type { Phase } from './traffic.ts';

const compares: Readonly<Record<Operator, (left: number, right: number) => boolean>> = {
  lt: (left, right) => left < right,
  lte: (left, right) => left <= right,
  gt: (left, right) => left > right,
  gte: (left, right) => left >= right,
};

/** Seconds that it has to hold: that nothing is known has to for two minutes, as while rules are loaded anew. */
const holdOf = ({ after, whenNoData }: BurnCondition): number => Math.max(after, whenNoData ? 120 : 0);

/** The steps at which it fires, as pairs of the first and the last. */
export function conditionSteps(
  parts: readonly SimulatedPart[],
  condition: BurnCondition,
  stepSeconds: number,
  leastBadEvents: number,
): readonly (readonly [number, number])[] {
  const { op, burnRate, lookback, whenNoData } = condition;
  const length = Math.max(1, Math.ceil(lookback / stepSeconds));
  let since: number | undefined;
  return rangesOf(parts, at => {
    const burn = burnOf(parts, at, lookback, stepSeconds);
    const bad = parts.reduce((sum, { steps }) => sum + sumOf(steps, at, length).bad, 0);
    const holds = burn === undefined ? whenNoData : compares[op](burn, burnRate.toNumber()) && bad >= leastBadEvents;
    since = holds ? (since ?? at) : undefined;
    return since !== undefined && (at - since) * stepSeconds >= holdOf(condition);
  });
}

/** A burn above the condition's, after a time without bad events and before another. */
export function conditionScenario(
  { budget, of, stepSeconds }: Conditions,
  condition: BurnCondition,
  leastBadEvents: number,
): Scenario {
  const rate = condition.burnRate.toNumber();
  const bad = of === 'gauge' ? 1 : 10;
  const total = of === 'gauge' ? 1 : Math.floor(bad / (budget * Math.min(Math.max(2 * rate, 0.5), 1 / budget)));
  const burn = bad / Math.max(total, bad) / budget;
  const lookback = Math.ceil(condition.lookback / stepSeconds);
  const before = Math.min(lookback, 12);
  const above = burn > rate ? Math.ceil((before * rate) / (burn - rate)) : lookback;
  const during =
    Math.max(Math.min(above, lookback), Math.ceil(leastBadEvents / bad)) +
    Math.ceil(holdOf(condition) / stepSeconds) +
    2;
  const after = Math.min(lookback, rate > 0 ? Math.ceil((during * burn) / rate) : lookback) + 2;
  const phase = (steps: number, part: number): Phase => ({ total: Math.max(total, bad), bad: part, steps });
  return {
    name: `condition ${condition.name}`,
    phases: [phase(before, 0), phase(during, bad), phase(after, 0)],
  };
}

/** Seconds of silence after which a condition that asks for it tells that nothing is known; 0 where none does. */
export const silenceTold = (conditions: readonly BurnCondition[], stepSeconds: number): number =>
  Math.max(
    0,
    ...conditions
      .filter(({ whenNoData }) => whenNoData)
      .map(condition => Math.max(condition.lookback, stepSeconds) + holdOf(condition)),
  );

const alertNames = { page: 'SloBudgetBurnFast', ticket: 'SloBudgetBurnSlow', digest: 'SloBudgetBurnNoted' } as const;

/**
 * `isVague`: its expression looks back, so that when nothing is known any more is not reckoned; that it is told in the
 * end is.
 */
export function conditionExpectations(
  slo: Slo,
  condition: BurnCondition,
  ranges: readonly (readonly [number, number])[],
  { last, stepSeconds, isVague }: { readonly last: number; readonly stepSeconds: number; readonly isVague: boolean },
): readonly Expectation[] {
  const severity = condition.severity === 'page' && !slo.alerting.pages ? 'ticket' : condition.severity;
  const matchers = `${selectorOf(slo).slice(1, -1)},alertname="${alertNames[severity]}",condition=${JSON.stringify(condition.name)},severity="${severity}"`;
  if (!isVague || !condition.whenNoData) return firingExpectations(matchers, ranges, last, stepSeconds);
  return [expectation(`max(ALERTS{alertstate="firing",${matchers}})`, last * stepSeconds, 1)];
}
