/**
 * Pyrra's table of windows (slo/rules.go, `Windows`): burn rates 14, 7, 2 and 1, their windows scaled from 28 days and
 * rounded to the minute.
 */
import { Decimal } from 'decimal.js';
import type { BurnWindow } from '../../model.ts';

interface Row {
  readonly severity: BurnWindow['severity'];
  readonly burnRate: number;
  /** Minutes, where the SLO's window is of 28 days. */
  readonly long: number;
  readonly short: number;
}

const table: readonly Row[] = [
  { severity: 'page', burnRate: 14, long: 60, short: 5 },
  { severity: 'page', burnRate: 7, long: 360, short: 30 },
  { severity: 'ticket', burnRate: 2, long: 1_440, short: 120 },
  { severity: 'ticket', burnRate: 1, long: 5_760, short: 360 },
];

/** `seconds`: the SLO's window. */
export function pyrraWindows(seconds: number): readonly BurnWindow[] {
  const scaled = (minutes: number) => Math.round((minutes * seconds) / (28 * 86_400)) * 60;
  return table.map(({ severity, burnRate, long, short }) => ({
    severity,
    burnRate: new Decimal(burnRate),
    long: scaled(long),
    short: scaled(short),
  }));
}
