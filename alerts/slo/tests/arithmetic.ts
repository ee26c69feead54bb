/**
 * What an SLO's alerts and budget are to be after given events, worked out step by step without PromQL: the
 * expectations of its test.
 */
import type { BurnWindow } from '../model.ts';
import type { Step } from './traffic.ts';

export interface SimulatedPart {
  readonly steps: readonly Step[];
  /** 1 − the target. */
  readonly budget: number;
  readonly weight: number;
  /**
   * Steps at the start of a window under an hour that it doesn't see: of a counter the growth before its first sample.
   * Undefined where such windows read recordings too.
   */
  readonly unseen: number | undefined;
}

/** How many times faster than allowed the budget is spent within the seconds up to `at`; undefined without traffic. */
export function burnOf(
  parts: readonly SimulatedPart[],
  at: number,
  seconds: number,
  stepSeconds: number,
): number | undefined {
  let burn: number | undefined;
  for (const { steps, budget, weight, unseen } of parts) {
    const looked = unseen !== undefined && seconds < 3_600;
    const length = looked ? seconds / stepSeconds - unseen : Math.max(1, Math.ceil(seconds / stepSeconds));
    const { bad, total } = sumOf(steps, at, length);
    if (total > 0) burn = (burn ?? 0) + (weight * (bad / total)) / budget;
  }
  return burn;
}

/** Of the oldest step a part where the length isn't whole. */
export function sumOf(steps: readonly Step[], at: number, length: number): Step {
  let bad = 0;
  let total = 0;
  for (let index = Math.max(0, at - Math.ceil(length) + 1); index <= at; index++) {
    const part = Math.min(1, length - (at - index));
    bad += part * (steps[index]?.bad ?? 0);
    total += part * (steps[index]?.total ?? 0);
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
  return rangesOf(parts, at =>
    windows.some(({ long, short, burnRate }) => {
      const burning = [long, short].every(
        seconds => (burnOf(parts, at, seconds, stepSeconds) ?? 0) > burnRate.toNumber(),
      );
      const length = Math.max(1, Math.ceil(long / stepSeconds));
      const events = parts.reduce((sum, { steps }) => sum + sumOf(steps, at, length).bad, 0);
      return burning && events >= leastBadEvents;
    }),
  );
}

/** Asked for each step in their order; the steps at which it is so, as pairs of the first and the last. */
export function rangesOf(
  parts: readonly SimulatedPart[],
  isSo: (at: number) => boolean,
): readonly (readonly [number, number])[] {
  const last = Math.max(...parts.map(({ steps }) => steps.length)) - 1;
  const ranges: [number, number][] = [];
  for (let at = 0; at <= last; at++) {
    const open = ranges.at(-1);
    if (!isSo(at)) continue;
    if (open && open[1] === at - 1) open[1] = at;
    else ranges.push([at, at]);
  }
  return ranges;
}
