/**
 * What an SLO's alerts and budget are to be after given events, worked out step by step without PromQL: the
 * expectations of its test.
 */
import type { BurnWindow } from '../model.ts';
import type { Step } from './schedule.ts';

export interface SimulatedPart {
  readonly steps: readonly Step[];
  /** 1 − the target. */
  readonly budget: number;
  readonly weight: number;
}

/** How many times faster than allowed the budget is spent within the steps up to `at`; undefined without traffic. */
export function burnOf(parts: readonly SimulatedPart[], at: number, length: number): number | undefined {
  let burn: number | undefined;
  for (const { steps, budget, weight } of parts) {
    const { bad, total } = sumOf(steps, at, length);
    if (total > 0) burn = (burn ?? 0) + (weight * (bad / total)) / budget;
  }
  return burn;
}

export function sumOf(steps: readonly Step[], at: number, length: number): Step {
  let bad = 0;
  let total = 0;
  for (let index = Math.max(0, at - length + 1); index <= at; index++) {
    bad += steps[index]?.bad ?? 0;
    total += steps[index]?.total ?? 0;
  }
  return { bad, total };
}

/** The steps at which an alert of these windows fires, as pairs of the first and the last. */
export function firingSteps(
  parts: readonly SimulatedPart[],
  windows: readonly BurnWindow[],
  stepSeconds: number,
  leastBadEvents: number,
): readonly (readonly [number, number])[] {
  const last = Math.max(...parts.map(({ steps }) => steps.length)) - 1;
  const ranges: [number, number][] = [];
  for (let at = 0; at <= last; at++) {
    const fires = windows.some(({ long, short, burnRate }) => {
      const lengths = [long, short].map(seconds => Math.max(1, Math.round(seconds / stepSeconds)));
      const burning = lengths.every(length => (burnOf(parts, at, length) ?? 0) > burnRate.toNumber());
      const events = parts.reduce((sum, { steps }) => sum + sumOf(steps, at, lengths[0] ?? 1).bad, 0);
      return burning && events >= leastBadEvents;
    });
    const open = ranges.at(-1);
    if (!fires) continue;
    if (open && open[1] === at - 1) open[1] = at;
    else ranges.push([at, at]);
  }
  return ranges;
}
