/** What promtool is to find, written so that labels an SLO adds don't matter. */
import type { Slo } from '../model.ts';
import { burnOf, type SimulatedPart } from './arithmetic.ts';
import type { Phase } from './traffic.ts';

export interface Expectation {
  readonly expr: string;
  readonly eval_time: string;
  readonly exp_samples?: readonly { readonly labels: string; readonly value: number }[];
}

/** `value`: of the one series without labels that is found; undefined: none is. */
export const expectation = (expr: string, seconds: number, value: number | undefined): Expectation => ({
  expr,
  eval_time: `${seconds}s`,
  ...(value === undefined ? {} : { exp_samples: [{ labels: '{}', value }] }),
});

/** The labels of everything that the rules of an SLO make. */
export const selectorOf = (slo: Slo, more = ''): string =>
  `{service="${slo.service}",slo="${slo.name}",objective="${slo.objective}"${more}}`;

type Ranges = readonly (readonly [number, number])[];

/** Firing at as many steps as the ranges have, at the first and last of each, and not beside them. */
export function firingExpectations(
  /** Matchers of its ALERTS, such as `alertname="SloBudgetBurnFast"`. */
  matchers: string,
  ranges: Ranges,
  last: number,
  stepSeconds: number,
): readonly Expectation[] {
  const alerts = `ALERTS{alertstate="firing",${matchers}}`;
  const steps = ranges.reduce((sum, [from, to]) => sum + to - from + 1, 0);
  const edges = [...new Set(ranges.flatMap(([from, to]) => [from - 1, from, to, to + 1]))];
  const fires = (at: number) => ranges.some(([from, to]) => at >= from && at <= to);
  return [
    expectation(
      `sum(count_over_time(${alerts}[${(last + 1) * stepSeconds}s]))`,
      last * stepSeconds,
      steps || undefined,
    ),
    ...edges
      .filter(at => at >= 0 && at <= last)
      .slice(0, 8)
      .map(at => expectation(`max(${alerts})`, at * stepSeconds, fires(at) ? 1 : undefined)),
  ];
}

/** That nothing arrives is told where it is, and not where there is traffic. */
export function trafficExpectations(slo: Slo, phases: readonly Phase[], stepSeconds: number): readonly Expectation[] {
  if (slo.alerting.noTrafficAfter === undefined) return [];
  const alerts = `max(ALERTS${selectorOf(slo, ',alertname="SloNoTraffic",alertstate="firing"')})`;
  const ends = endsOf(phases);
  const stopped = phases.findIndex(({ total }) => total === 0);
  const end = (ends.at(-1) ?? 0) * stepSeconds;
  if (stopped < 0) return [expectation(alerts, end, undefined)];
  return [
    expectation(alerts, (ends[stopped - 1] ?? 0) * stepSeconds, undefined),
    expectation(alerts, end, 1),
    // Not "met": what isn't known is absent.
    expectation(`count(slo:burn_rate:ratio${selectorOf(slo, ',window="1h"')})`, end, undefined),
  ];
}

/** What is left of the budget at three points. */
export function budgetExpectations(
  slo: Slo,
  phases: readonly Phase[],
  parts: readonly SimulatedPart[],
  stepSeconds: number,
  /** When the windows of a calendar begin, in seconds after the test does. */
  starts: readonly number[],
): readonly Expectation[] {
  const ends = endsOf(phases);
  const end = ends.at(-1) ?? 0;
  const points = ends.length === 3 ? ends : [Math.ceil(end / 3), Math.ceil((2 * end) / 3), end];
  return points.flatMap(at => {
    const now = at * stepSeconds;
    const began = starts.findLast(start => start <= now);
    const seconds =
      slo.window.kind === 'rolling' ? Math.min(slo.window.seconds, now + stepSeconds) : now - (began ?? now);
    if (seconds === 0) return [];
    const burn = burnOf(
      parts.map(part => ({ ...part, unseen: undefined })),
      at,
      seconds,
      stepSeconds,
    );
    if (burn === undefined) return [];
    const left = 1 - burn;
    const within = Number((Math.max(1, Math.abs(left)) * 1e-9).toPrecision(1));
    const remaining = `slo:error_budget_remaining:ratio${selectorOf(slo)}`;
    return [expectation(`count(abs(${remaining} - (${left})) < ${within})`, at * stepSeconds, 1)];
  });
}

function endsOf(phases: readonly Phase[]): readonly number[] {
  let end = 0;
  return phases.map(({ steps }) => {
    end += steps;
    return end;
  });
}
