/** Sloth's catalogue of alert windows: one table for each length of an SLO's window, its own two and those of files. */
import { Decimal } from 'decimal.js';
import { z } from 'zod';
import { durationSeconds } from '../../durations.ts';
import type { BurnWindow } from '../../model.ts';

const duration = z.string().transform((text, context) => {
  const seconds = durationSeconds(text);
  if (seconds === undefined || seconds <= 0) context.addIssue({ code: 'custom', message: `"${text}" is no duration` });
  return seconds ?? 0;
});
const pair = z.strictObject({ errorBudgetPercent: z.number().gt(0), shortWindow: duration, longWindow: duration });
const speeds = z.strictObject({ quick: pair, slow: pair });

export const windowsSpec = z.strictObject({
  apiVersion: z.literal('sloth.slok.dev/v1'),
  kind: z.literal('AlertWindows'),
  spec: z.strictObject({ sloPeriod: duration, page: speeds, ticket: speeds }),
});

export type WindowsSpec = z.infer<typeof windowsSpec>['spec'];
/** By the seconds of the SLO's window. */
export type WindowsCatalogue = ReadonlyMap<number, readonly BurnWindow[]>;

/** A burn rate spends its percent of the budget within the long window. */
export function burnWindows(spec: WindowsSpec): readonly BurnWindow[] {
  const of = (severity: 'page' | 'ticket', { errorBudgetPercent, shortWindow, longWindow }: z.infer<typeof pair>) => ({
    severity,
    long: longWindow,
    short: shortWindow,
    burnRate: new Decimal(errorBudgetPercent).times(spec.sloPeriod).div(longWindow).div(100).toSignificantDigits(15),
  });
  const { page, ticket } = spec;
  return [of('page', page.quick), of('page', page.slow), of('ticket', ticket.quick), of('ticket', ticket.slow)];
}

/** The workbook's, as Sloth keeps them for 28 and 30 days (its google-28d.yaml and google-30d.yaml). */
const workbook = (sloPeriod: number): WindowsSpec => ({
  sloPeriod,
  page: {
    quick: { errorBudgetPercent: 2, shortWindow: 300, longWindow: 3_600 },
    slow: { errorBudgetPercent: 5, shortWindow: 1_800, longWindow: 21_600 },
  },
  ticket: {
    quick: { errorBudgetPercent: 10, shortWindow: 7_200, longWindow: 86_400 },
    slow: { errorBudgetPercent: 10, shortWindow: 21_600, longWindow: 259_200 },
  },
});

export function catalogueOf(specs: readonly WindowsSpec[]): WindowsCatalogue {
  return new Map(
    [workbook(28 * 86_400), workbook(30 * 86_400), ...specs].map(spec => [spec.sloPeriod, burnWindows(spec)] as const),
  );
}
