/**
 * Which windows a burn is looked at over: the SRE workbook's table (chapter 5, table 5-8) for any length of an SLO.
 * https://sre.google/workbook/alerting-on-slos/
 */
import { budgetOf, type Decimal, decimal } from './decimal.ts';
import type { BurnWindow, Slo, Window } from './model.ts';

const day = 86_400;
const hour = 3600;

/** For 30 days: the part of the budget that is spent within the long window when it fires. */
const workbook = [
  { severity: 'page', spent: '0.02', long: hour },
  { severity: 'page', spent: '0.05', long: 6 * hour },
  { severity: 'ticket', spent: '0.1', long: day },
  { severity: 'ticket', spent: '0.1', long: 3 * day },
] as const;

/** Lengths that people think in, and whose twelfth is whole minutes. */
const plain = [
  ...[12, 24, 36, 60, 120, 180, 240, 360, 480, 720, 1080].map(minutes => minutes * 60),
  ...[1, 2, 3, 4, 5, 6, 7, 9, 14, 21, 30, 45, 60, 90].map(days => days * day),
];

/**
 * The pairs for a window: the long ones of 30 days scaled to its length and rounded to plain durations; the burn rate is
 * what spends that part of the budget within the long window, exactly, and at least 1. The short one is a twelfth.
 */
export function burnWindows(seconds: number): readonly BurnWindow[] {
  const pairs = workbook.map(({ severity, spent, long: of30d }): BurnWindow => {
    const long = nearest((of30d * seconds) / (30 * day));
    const burnRate = decimal(spent).times(seconds).div(long);
    return { severity, long, short: long / 12, burnRate: burnRate.lessThan(1) ? decimal(1) : burnRate };
  });
  return pairs.filter(
    (pair, index) =>
      pairs.findIndex(({ severity, long }) => severity === pair.severity && long === pair.long) === index,
  );
}

/** By ratio, for between 1 h and 6 h nobody thinks in differences. */
function nearest(seconds: number): number {
  const distance = (length: number) => Math.abs(Math.log(length / seconds));
  return plain.reduce((best, length) => (distance(length) < distance(best) ? length : best));
}

/** Seconds of the window: of a calendar's, the longest it can be, an hour of a change of clocks included. */
export function longestWindow(window: Window): number {
  return window.kind === 'rolling' ? window.seconds : window.count * longestUnit[window.unit] * day + hour;
}

const longestUnit = { day: 1, week: 7, month: 31, quarter: 92, year: 366 } as const;
const usualUnit = { day: 1, week: 7, month: 30, quarter: 90, year: 365 } as const;

/** Seconds that burn rates reckon with: a month is 30 days. */
export const usualWindow = (window: Window): number =>
  window.kind === 'rolling' ? window.seconds : window.count * usualUnit[window.unit] * day;

/** The highest burn rate that the SLO can have: when everything fails. */
export const highestBurn = ({ parts }: Slo): Decimal =>
  parts.reduce((sum, { weight, target }) => sum.plus(weight.div(budgetOf(target))), decimal(0));

/** What changes once a day, or isn't worth a night: it has tickets alone, and they outlive their exporter. */
export const isSlow = ({ alerting }: Slo, resolution: number): boolean => !alerting.pages || resolution >= hour;

/**
 * The pairs that an SLO's burn alerts have. `resolution`: seconds between two recordings; no window is shorter where they
 * are more than 5 minutes apart. Of the workbook's pairs those are left out that nothing can reach, as long as their
 * severity keeps another; what was asked for by name stays, and is refused instead.
 */
export function windowsOf(slo: Slo, resolution: number): readonly BurnWindow[] {
  const { windows } = slo.alerting;
  const given = (windows ?? burnWindows(usualWindow(slo.window))).filter(
    ({ severity }) => severity === 'ticket' || !isSlow(slo, resolution),
  );
  const possible = given.filter(({ burnRate }) => burnRate.lessThan(highestBurn(slo)));
  const kept =
    windows === undefined
      ? given.filter(pair => possible.includes(pair) || !possible.some(({ severity }) => severity === pair.severity))
      : given;
  if (resolution <= 300) return kept;
  return kept
    .filter(({ long }) => long >= 2 * resolution)
    .map(pair => ({ ...pair, short: Math.max(pair.short, resolution) }));
}
